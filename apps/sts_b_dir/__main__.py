"""`python -m apps.sts_b_dir`."""

from apps.common.command import run_app

if __name__ == "__main__":
    run_app(
        "apps.sts_b_dir.train",
        "Nothing was kept; the same command starts anew.",
    )
