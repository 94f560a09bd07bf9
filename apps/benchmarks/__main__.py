"""Runs the benchmark."""

from apps.common.command import run_app

if __name__ == "__main__":
    run_app("apps.benchmarks.run", "The same command goes on where it was.")
