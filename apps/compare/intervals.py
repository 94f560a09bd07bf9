"""Do 90% intervals hold 90% of the labels, rare ones too?

    python -m apps.compare.intervals FOLDER_OF_CSV_FILES --output FOLDER

trains each method with each seed on each data set, with the budget of
`apps.compare`, and says how many test labels its own interval holds, and the
one that is calibrated per shot on validation data, which also chose the epoch.
A line of JSON for each run is in `intervals.jsonl`; what is there, of the same
data, budget and version, is not run again. Prints and writes a table over the
data sets, `intervals.md`.
"""

import argparse
import json
import math
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras

from apps.common.command import run_app
from apps.common.flags import SEED
from apps.common.flags import check_differ
from apps.common.flags import refusing
from apps.common.results import append_json_line
from apps.common.results import check_writable
from apps.common.results import write_text
from apps.compare.data_sets import add_blocks_flag
from apps.compare.data_sets import list_sets
from apps.compare.data_sets import name_of
from apps.data.load import add_data_flags
from apps.data.load import load_problem
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import describe_run
from keras_groupdir.experiments import fit_method
from keras_groupdir.models import calibrate_intervals
from keras_groupdir.recipes import CompiledModels
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import shots_note
from keras_groupdir.scores import evaluate_intervals

METHODS = ("groupdir", "groupdir_balanced", "der", "quantile")
COVERAGE = 0.9
SUBSETS = ("all", "many", "median", "few")
# The width of intervals is told as a share of this method's.
BASE = "der"
# Coverage may miss by so much.
MARGIN = 0.03


def main(argv: list[str] | None = None) -> str:
    """Runs what is missing; returns the table."""
    parser = argparse.ArgumentParser(prog="python -m apps.compare.intervals")
    add_data_flags(parser, several=True)
    add_blocks_flag(parser)
    parser.add_argument(
        "--methods", nargs="+", choices=METHODS, default=list(METHODS)
    )
    parser.add_argument("--seeds", nargs="+", type=SEED, default=[0, 1, 2])
    parser.add_argument("--output", default="runs/intervals")
    arguments = parser.parse_args(argv)
    folder = Path(arguments.output)
    with refusing(parser):
        check_differ(arguments, ("seeds", "methods"))
        sets = list_sets(arguments)
        sets = sets if isinstance(sets, list) else [sets]
        check_writable("output", folder / "intervals.md")
        problems = {name_of(one): load_problem(one) for one in sets}
    file = folder / "intervals.jsonl"
    asked = []
    for name, problem in problems.items():
        for method in arguments.methods:
            keras.utils.clear_session(free_memory=True)
            compiled = CompiledModels()
            for seed in arguments.seeds:
                asked.append(_described(name, problem, method, seed))
                if not _of(asked[-1:], read(file)):
                    line = asked[-1] | _run(problem, method, seed, compiled)
                    append_json_line(file, line)
                    print(f"{name} {method} seed {seed}: done", flush=True)
    text = _table(_of(asked, read(file)))
    write_text(folder / "intervals.md", text)
    print(text)
    return text


def read(file: Path) -> list[dict[str, Any]]:
    """Lines of runs; none without the file."""
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text().splitlines()]


def _described(
    name: str, problem: Problem, method: str, seed: int
) -> dict[str, Any]:
    """What tells a run from others."""
    line = describe_run(problem, method, {}, seed)
    kept = ("data", "method", "seed", "training", "thresholds", "backend")
    return {
        "dataset": name,
        **{key: line[key] for key in (*kept, "keras", "library")},
    }


def _of(
    asked: list[dict[str, Any]], lines: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Lines of the runs that were asked for."""
    return [
        line
        for line in lines
        if any(
            all(line.get(key) == value for key, value in one.items())
            for one in asked
        )
    ]


def _run(
    problem: Problem, method: str, seed: int, compiled: CompiledModels
) -> dict[str, Any]:
    fitted = fit_method(
        problem, method, seed=seed, splits=(), compiled=compiled
    )
    if fitted.line["diverged"]:
        return {"diverged": True}
    model, task = fitted.model, problem.task
    x, y = problem.held_out("test")
    calibrated = calibrate_intervals(
        model,
        *problem.held_out("val"),
        task.labels,
        task.bins,
        COVERAGE,
        bounded=True,
        verbose=0,
        **problem.thresholds,
    )
    intervals = {
        "own": model.predict_interval(x, COVERAGE, verbose=0),
        "calibrated": calibrated.predict_interval(x, verbose=0),
    }
    table = evaluate_intervals(
        intervals, y, task.labels, task.bins, **problem.thresholds
    )
    return table.as_dict()


def _table(lines: list[dict[str, Any]]) -> str:
    """Markdown, a row for each method and kind of interval."""
    lost = sum(line.get("diverged", False) for line in lines)
    lines = [line for line in lines if not line.get("diverged")]
    titles = ["method", "interval", "data sets"]
    titles += [f"coverage {subset}" for subset in SUBSETS]
    titles += [f"within {100 * MARGIN:g} points, {one}" for one in SUBSETS[1:]]
    titles += [f"width over {BASE}'s, {one}" for one in ("all", "few")]
    rows = []
    for method in dict.fromkeys(line["method"] for line in lines):
        for kind in ("own", "calibrated"):
            held = _by_set(lines, method, kind, "coverage")
            wide = _by_set(lines, method, kind, "mean_width")
            base = _by_set(lines, BASE, kind, "mean_width")
            row = [method, kind, str(len(held))]
            row += [
                _mean(one[subset] for one in held.values())
                for subset in SUBSETS
            ]
            row += [_within(held, subset) for subset in SUBSETS[1:]]
            row += [_ratio(wide, base, subset) for subset in ("all", "few")]
            rows.append(row)
    seeds = sorted({line["seed"] for line in lines})
    note = (
        f"Intervals that should hold {100 * COVERAGE:g}% of test labels; means "
        f"over data sets of the means over the seeds {seeds}. Within: data "
        "sets where that mean is as near, of those with such labels. Width: "
        f"geometric mean of the ratios. {shots_note(lines)}"
    )
    note += f" {lost} runs diverged and do not count." if lost else ""
    return f"# Intervals\n\n{note}\n\n{markdown_table([titles, *rows])}\n"


def _by_set(
    lines: list[dict[str, Any]], method: str, kind: str, metric: str
) -> dict[str, dict[str, float | None]]:
    """Means over seeds, by data set and subset."""
    own = [line for line in lines if line["method"] == method]
    made = {}
    for name in dict.fromkeys(line["dataset"] for line in own):
        rows = [
            line["rows"][kind][metric]
            for line in own
            if line["dataset"] == name
        ]
        made[name] = {
            subset: None
            if any(row[subset] is None for row in rows)
            else statistics.fmean(row[subset] for row in rows)
            for subset in SUBSETS
        }
    return made


def _mean(values: Iterable[float | None]) -> str:
    found = [value for value in values if value is not None]
    return f"{statistics.fmean(found):.3f}" if found else "-"


def _within(held: dict[str, dict[str, float | None]], subset: str) -> str:
    found = [one[subset] for one in held.values()]
    known = [value for value in found if value is not None]
    near = sum(abs(value - COVERAGE) <= MARGIN for value in known)
    return f"{near} of {len(known)}"


def _ratio(
    wide: dict[str, dict[str, float | None]],
    base: dict[str, dict[str, float | None]],
    subset: str,
) -> str:
    """Geometric mean over the data sets that both have."""
    logs = [
        math.log(ours / theirs)
        for name in wide.keys() & base.keys()
        if (ours := wide[name][subset]) and (theirs := base[name][subset])
    ]
    return f"{math.exp(statistics.fmean(logs)):.2f}" if logs else "-"


if __name__ == "__main__":
    run_app("apps.compare.intervals", "The same command goes on where it was.")
