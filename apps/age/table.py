"""Means over seeds of finished runs, as the README's Markdown table.

python -m apps.age.table benchmarks/utkface_dir/*-[0-2].json
"""

import argparse
import json
from pathlib import Path

from apps.common.seed_table import Run
from apps.common.seed_table import seed_table

COLUMNS = (("mae", "all"), ("mae", "many"), ("mae", "median"), ("mae", "few"))


def main(argv: list[str] | None = None) -> str:
    """Prints the table of the given results files, and returns it."""
    parser = argparse.ArgumentParser(prog="python -m apps.age.table")
    parser.add_argument("results", nargs="+", type=Path)
    paths = parser.parse_args(argv).results
    text = seed_table(
        [json.loads(path.read_text(encoding="utf-8")) for path in paths],
        {"method": _method, "weights": _weights},
        COLUMNS,
        digits=2,
    )
    print(text)
    return text


def _method(run: Run) -> str:
    settings = run["settings"]
    if settings["recipe"] == "joint":
        return str(settings["method"])
    return f"{settings['method']}, two stages, {settings['second_stage']}"


def _weights(run: Run) -> str:
    settings = run["settings"]
    if settings["reweight"] == "none":
        return "-"
    smooth = ", LDS" if settings["smooth_density"] else ""
    return f"{settings['reweight']}{smooth}"


if __name__ == "__main__":
    main()
