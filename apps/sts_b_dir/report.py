"""Means over seeds of finished runs, as the README's Markdown table.

python -m apps.sts_b_dir.report benchmarks/sts_b_dir/*-tensorflow-*.json
"""

import argparse
import json
from pathlib import Path

from apps.common.seed_table import seed_table

COLUMNS = (
    ("mse", "all"),
    ("mse", "many"),
    ("mse", "median"),
    ("mse", "few"),
    ("pearson", "all"),
)


def main(argv: list[str] | None = None) -> str:
    """Prints the table of the given results files, and returns it."""
    parser = argparse.ArgumentParser(prog="python -m apps.sts_b_dir.report")
    parser.add_argument("results", nargs="+", type=Path)
    paths = parser.parse_args(argv).results
    text = seed_table(
        [json.loads(path.read_text(encoding="utf-8")) for path in paths],
        {
            "method": lambda run: run["settings"]["method"],
            "backend": lambda run: run["backend"],
        },
        COLUMNS,
    )
    print(text)
    return text


if __name__ == "__main__":
    main()
