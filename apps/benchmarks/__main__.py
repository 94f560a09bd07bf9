"""Runs the benchmark."""

from apps.benchmarks.run import main

if __name__ == "__main__":
    main()
