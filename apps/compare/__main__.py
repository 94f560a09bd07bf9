"""`python -m apps.compare`."""

from apps.common.command import run_app

if __name__ == "__main__":
    run_app("apps.compare.compare", "The same command goes on where it was.")
