"""Means over seeds of finished runs, as the README's Markdown table.

python -m apps.sts_b_dir.report benchmarks/sts_b_dir/*-tensorflow-*.json
"""

import argparse
import json
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

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
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    for (method, backend, routing), group in by_row.items():
        seeds = sorted(run["settings"]["seed"] for run, _ in group)
        cells = [method, backend, "-" if routing == "model" else routing]
        cells.append(" ".join(map(str, seeds)))
        cells += [
            _mean_and_spread([row[metric][subset] for _, row in group])
            for metric, subset in COLUMNS
        ]
        cells.append(
            _mean_and_spread(
                [run["test"].get("group_accuracy") for run, _ in group]
            )
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _mean_and_spread(values: list[float | None]) -> str:
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values):
        return "-"
    mean = statistics.fmean(numbers)
    if len(numbers) == 1:
        return f"{mean:.3f}"
    return f"{mean:.3f} ± {statistics.stdev(numbers):.3f}"


if __name__ == "__main__":
    main()
