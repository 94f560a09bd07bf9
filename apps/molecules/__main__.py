"""`python -m apps.molecules`."""

from apps.common.command import run_app

if __name__ == "__main__":
    run_app(
        "apps.molecules.train",
        "No model was kept; the same command starts anew.",
    )
