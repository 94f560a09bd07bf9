"""Means over seeds of finished runs, as the README's Markdown table.

python -m apps.diamonds.report benchmarks/diamonds/*.json
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

from apps.common.tables import markdown_row
from apps.common.tables import mean_and_spread

SUBSETS = ("all", "many", "median", "few")
SETS = ("validation", "test")


def main(argv: list[str] | None = None) -> str:
    """Prints the table of the given results files, and returns it."""
    parser = argparse.ArgumentParser(prog="python -m apps.diamonds.report")
    parser.add_argument("results", nargs="+", type=Path)
    errors: dict[tuple[str, ...], list[float]] = defaultdict(list)
    rows: dict[tuple[str, str], None] = {}
    for path in parser.parse_args(argv).results:
        run = json.loads(path.read_text(encoding="utf-8"))
        for name in SETS:
            for method, table in run[name].items():
                for routing, row in table["rows"].items():
                    rows[method, routing] = None
                    for subset in SUBSETS:
                        key = (method, routing, name, subset)
                        errors[key].append(row["mae"][subset])
    columns = [("validation", "all"), *(("test", s) for s in SUBSETS)]
    header = ["method", "routing", *(" ".join(column) for column in columns)]
    lines = [markdown_row(header), markdown_row(["---"] * len(header))]
    for method, routing in rows:
        cells = [method, "-" if routing == "model" else routing]
        cells += [
            mean_and_spread(errors[(method, routing, *column)], digits=0)
            for column in columns
        ]
        lines.append(markdown_row(cells))
    text = "\n".join(lines)
    print(text)
    return text


if __name__ == "__main__":
    main()
