"""`python -m apps.age`."""

from apps.common.command import run_app

if __name__ == "__main__":
    run_app("apps.age.train", "The same command goes on with --resume.")
