"""Do 90% intervals hold 90% of the labels, rare ones too?

    python -m apps.compare.intervals FOLDER_OF_CSV_FILES --output FOLDER

trains each method with each seed on each split of each data set, with the
budget of `apps.compare`, and says how many test labels its own interval holds,
the interval and the ranges that are calibrated per shot on validation data,
which also chose the epoch, and the ranges of interpolated margins. A line of
JSON for each run is in `intervals.jsonl`; what is there, of the same data,
budget and version, is not run again. Prints and writes a table over the data
sets, `intervals.md`.
"""

import math
import statistics
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import keras

from apps.common.command import run_app
from apps.compare.fitted_lines import lost_note
from apps.compare.fitted_lines import mean_text
from apps.compare.fitted_lines import means_by_set
from apps.compare.fitted_lines import runs_note
from apps.compare.fitted_lines import values_by_set
from apps.compare.fitted_runs import run_fitted
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import interval
from keras_groupdir.models import calibrate_intervals
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import plain
from keras_groupdir.reports import shots_note
from keras_groupdir.scores import evaluate_intervals

METHODS = ("groupdir", "groupdir_balanced", "der", "quantile")
COVERAGE = 0.9
# The last two are ranges.
KINDS = ("own", "calibrated", "ranges", "interpolated")
# The width of intervals is told as a share of this method's.
BASE = "der"
# Coverage may miss by so much.
MARGIN = 0.03
# Fewer labels of a shot than this, in validation as in the test set, tell
# nothing, and each interval holds all labels of theirs.
FEWEST = 9


def main(argv: list[str] | None = None) -> str:
    """Runs what is missing; returns the table."""
    return run_fitted("intervals", METHODS, _measured, _table, argv)


def _measured(problem: Problem, model: keras.Model) -> dict[str, Any]:
    task = problem.task
    x, y = problem.held_out("test")
    calibrated, interpolated = (
        calibrate_intervals(
            model,
            *problem.held_out("val"),
            task.labels,
            task.bins,
            COVERAGE,
            bounded=True,
            interpolate=interpolate,
            verbose=0,
            **problem.thresholds,
        )
        for interpolate in (False, True)
    )
    intervals = {
        "own": model.predict_interval(x, COVERAGE, verbose=0),
        "calibrated": calibrated.predict_interval(x, verbose=0),
        "ranges": calibrated.predict_ranges(x, verbose=0),
        "interpolated": interpolated.predict_ranges(x, verbose=0),
    }
    table = evaluate_intervals(
        intervals, y, task.labels, task.bins, **problem.thresholds
    )
    return table.as_dict()


def _table(lines: list[dict[str, Any]]) -> str:
    """Markdown, a row for each method and kind of interval."""
    lost = lost_note(lines)
    lines = [line for line in lines if not line.get("diverged")]
    titles = ["method", "interval", "data sets"]
    titles += [f"coverage {subset}" for subset in SUBSETS]
    titles += [f"within {100 * MARGIN:g} points, {one}" for one in SUBSETS[1:]]
    titles += ["in each of them", "clearly farther, shots"]
    titles += [f"width over {BASE}'s, {one}" for one in ("all", "few")]
    titles += ["over its interval's"]
    rows = []
    for method in dict.fromkeys(line["method"] for line in lines):
        whole = means_by_set(lines, method, "calibrated", "mean_width")
        for kind in KINDS:
            held = means_by_set(lines, method, kind, "coverage")
            told = values_by_set(lines, method, kind, "coverage", FEWEST)
            wide = means_by_set(lines, method, kind, "mean_width")
            base = means_by_set(lines, BASE, kind, "mean_width")
            row = [plain(method), kind, str(len(held))]
            row += [
                mean_text(one[subset] for one in held.values())
                for subset in SUBSETS
            ]
            row += [_within(told, (subset,)) for subset in SUBSETS[1:]]
            row += [_within(told, SUBSETS[1:]), _farther(told)]
            row += [_ratio(wide, base, subset) for subset in ("all", "few")]
            rows.append([*row, _ratio(wide, whole, "all", statistics.median)])
    note = (
        f"Intervals that should hold {100 * COVERAGE:g}% of test labels; means "
        f"over data sets of the means over {runs_note(lines)}. Within: data "
        "sets where that mean is as near, of "
        f"those with at least {FEWEST} such test labels; in each of them: in "
        "all shots with as many. Clearly farther: shots of data sets whose 95% "
        "interval over splits and seeds is farther away. Width: geometric mean "
        "of the ratios, of the same kind; median of those to the calibrated "
        "interval's. "
        f"{shots_note(lines)}{lost}"
    )
    parts = ["# Intervals", note, markdown_table([titles, *rows])]
    parts += [_by_set(lines, kind) for kind in KINDS[2:]]
    return "\n\n".join(parts) + "\n"


def _by_set(lines: list[dict[str, Any]], kind: str) -> str:
    """Coverage of these ranges on each data set, and what they save there."""
    rows = [["data set", "method", *SUBSETS[1:], "width over its interval's"]]
    for method in dict.fromkeys(line["method"] for line in lines):
        told = values_by_set(lines, method, kind, "coverage", FEWEST)
        wide, whole = (
            means_by_set(lines, method, one, "mean_width")
            for one in (kind, "calibrated")
        )
        rows += [
            [plain(name), plain(method)]
            + [mean_text(shots[subset]) for subset in SUBSETS[1:]]
            + [_ratio({name: wide[name]}, whole, "all")]
            for name, shots in told.items()
        ]
    rows[1:] = sorted(rows[1:], key=lambda row: row[0])
    return f"## Coverage by data set: {kind}\n\n{markdown_table(rows)}"


def _within(
    told: dict[str, dict[str, list[float]]], subsets: Sequence[str]
) -> str:
    """Data sets where the coverage of all these is near enough."""
    near = [
        max(abs(mean - COVERAGE) for mean in means) <= MARGIN
        for one in told.values()
        if (means := [statistics.fmean(one[s]) for s in subsets if one[s]])
    ]
    return f"{sum(near)} of {len(near)}"


def _farther(told: dict[str, dict[str, list[float]]]) -> str:
    """Shots of data sets whose coverage is not near enough, chance apart."""
    found = [
        abs(over.mean - COVERAGE) - over.half > MARGIN
        for one in told.values()
        for subset in SUBSETS[1:]
        if (over := interval(one[subset])) is not None and over.half is not None
    ]
    return f"{sum(found)} of {len(found)}"


def _ratio(
    wide: dict[str, dict[str, float | None]],
    base: dict[str, dict[str, float | None]],
    subset: str,
    middle: Callable[[list[float]], float] = statistics.fmean,
) -> str:
    """Geometric mean, or median, over the data sets that both have."""
    logs = [
        math.log(ours / theirs)
        for name in wide.keys() & base.keys()
        if (ours := wide[name][subset]) and (theirs := base[name][subset])
    ]
    return f"{math.exp(middle(logs)):.2f}" if logs else "-"


if __name__ == "__main__":
    run_app("apps.compare.intervals", "The same command goes on where it was.")
