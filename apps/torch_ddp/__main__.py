"""Runs the recipe."""

from apps.common.command import run_app

if __name__ == "__main__":
    run_app(
        "apps.torch_ddp.train",
        "Nothing was kept; the same command starts anew.",
    )
