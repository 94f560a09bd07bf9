"""Means over seeds of finished runs, as the README's Markdown table.

python -m apps.sts_b_dir.report benchmarks/sts_b_dir/*-tensorflow-*.json
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from apps.common.tables import markdown_row
from apps.common.tables import mean_and_spread

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
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    text = markdown(runs)
    print(text)
    return text


def markdown(runs: list[dict[str, Any]]) -> str:
    """Test errors as mean +- standard deviation over the seeds.

    Args:
        runs: Contents of results files of `python -m apps.sts_b_dir`.
    """
    by_row: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for run in runs:
        for routing, row in run["test"]["rows"].items():
            key = (run["settings"]["method"], run["backend"], routing)
            by_row[key].append((run, row))
    header = ["method", "backend", "routing", "seeds"]
    header += [f"{metric} {subset}" for metric, subset in COLUMNS]
    header += ["group accuracy"]
    lines = [markdown_row(header), markdown_row(["---"] * len(header))]
    for (method, backend, routing), group in by_row.items():
        seeds = sorted(run["settings"]["seed"] for run, _ in group)
        cells = [method, backend, "-" if routing == "model" else routing]
        cells.append(" ".join(map(str, seeds)))
        cells += [
            mean_and_spread([row[metric][subset] for _, row in group])
            for metric, subset in COLUMNS
        ]
        cells.append(
            mean_and_spread(
                [run["test"].get("group_accuracy") for run, _ in group]
            )
        )
        lines.append(markdown_row(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
