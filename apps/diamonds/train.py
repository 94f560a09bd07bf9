"""Diamond prices, vanilla against Group-DIR, offline and in minutes.

    python -m apps.diamonds

needs no download: the data ship with plotnine. Prices from $326 to $18,823 are
very skewed; the test set is balanced over them. Trains both models with the
same budget, prints the errors per shot, draws them, writes Group-DIR as a
SavedModel and checks that the SavedModel predicts the same.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from apps.common.flags import add_run_flags
from apps.common.flags import check_settings
from apps.common.flags import given
from apps.common.flags import of_training
from apps.common.flags import refusing
from apps.common.results import check_writable
from apps.common.results import write_json
from apps.common.serving import check_saved_model
from apps.data.diamonds import BUDGET
from apps.data.diamonds import diamonds
from keras_groupdir import LabelGroups
from keras_groupdir.experiments import FittedMethod
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import fit_method
from keras_groupdir.reports import draw_labels
from keras_groupdir.reports import draw_shots
from keras_groupdir.scores import ShotTable

# Seeds differ by about as many per cent.
NOISE = 3.0


def main(argv: list[str] | None = None) -> dict[str, ShotTable]:
    """Runs the comparison; returns the test table of each method."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    ours = {**arguments.settings, **given(arguments)}
    settings = {"vanilla": of_training(ours), "groupdir": ours}
    started = time.perf_counter()
    folder = Path(arguments.output)
    with refusing(parser):
        check_settings("groupdir", ours)
        check_writable("output", folder / "results.json")
        check_writable("logs", f"{arguments.logs}/vanilla/events")
    problem = diamonds(arguments.seed)
    print(_in_words(problem))
    runs = {}
    for method, own in settings.items():
        print(f"\nTraining {method}:")
        runs[method] = _train(problem, method, own, arguments)
    diverged = [m for m, run in runs.items() if run.line["diverged"]]
    tables = {m: run.tables["test"] for m, run in runs.items() if run.tables}
    if not diverged:
        _report(tables)
    # All of it, even if nothing else can be made of what diverged.
    write_json(
        folder / "results.json",
        {
            "runs": [
                {**run.line, "validation_errors": run.errors}
                for run in runs.values()
            ]
        },
    )
    if diverged:
        raise SystemExit(f"The training of {' and '.join(diverged)} diverged.")
    _draw(folder, problem, runs["groupdir"].model.groups, tables)
    served = folder / "groupdir"
    runs["groupdir"].model.export(served, verbose=False)
    worst = check_saved_model(served, runs["groupdir"].model, problem.test[0])
    print(
        f"\nThe SavedModel predicts the same prices, to {worst:.1e} of the "
        f"largest.\nWrote {folder}/shots.png, labels.png, results.json and "
        f"groupdir/. "
        f"Done in {time.perf_counter() - started:.0f} s."
    )
    return tables


def _in_words(problem: Problem) -> str:
    labels = [y for _, y in (problem.train, problem.val, problem.test)]
    return (
        "Diamonds: {} to train on, {} to validate, {} to test; prices ${:.0f} "
        "to ${:.0f}, median ${:.0f}. Keras {} on {}.".format(
            *map(len, labels),
            labels[0].min(),
            labels[0].max(),
            np.median(labels[0]),
            keras.version(),
            keras.config.backend(),
        )
    )


def _train(
    problem: Problem,
    method: str,
    settings: dict[str, Any],
    arguments: argparse.Namespace,
) -> FittedMethod:
    return fit_method(
        problem,
        method,
        settings,
        arguments.seed,
        callbacks=lambda: [
            keras.callbacks.TensorBoard(f"{arguments.logs}/{method}")
        ],
        verbose="auto",
    )


def _report(tables: dict[str, ShotTable]) -> None:
    for method, table in tables.items():
        print(f"\n{method}, test set, errors in dollars:")
        print(table.to_text(metrics=("mae", "geometric_mean", "balanced_mae")))
    theirs, ours = (table.rows[table.own]["mae"] for table in tables.values())
    changes = {
        subset: 100 * (ours[subset] / theirs[subset] - 1) for subset in ours
    }
    print(
        f"\n{verdict(changes['all'])} Group-DIR's MAE "
        f"({tables['groupdir'].own} routing) against vanilla's: "
        + ", ".join(
            f"{change:+.1f}% {name}" for name, change in changes.items()
        )
        + f". That is one seed; less than {NOISE:.0f}% is noise."
    )


def _draw(
    folder: Path,
    problem: Problem,
    groups: LabelGroups,
    tables: dict[str, ShotTable],
) -> None:
    draw_labels(
        problem.train[1],
        folder / "labels.png",
        groups,
        # The shades are then the shots of the table.
        bins=problem.task.bins,
        unit="dollars",
        title="Diamond prices: training set",
    )
    draw_shots(
        tables,
        folder / "shots.png",
        metric="mae",
        unit="dollars",
        title="Diamond prices: error on the balanced test set",
    )


def verdict(change: float) -> str:
    """Who won, given the change from vanilla to Group-DIR in per cent."""
    if abs(change) < NOISE:
        return "No clear winner overall."
    return f"{'Group-DIR' if change < 0 else 'Vanilla'} won overall."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m apps.diamonds",
        description="Diamond prices, vanilla against Group-DIR.",
    )
    add_run_flags(parser, "Group-DIR", budget=BUDGET)
    for name, folder in (
        ("output", "saved_models/diamonds"),
        ("logs", "logs/diamonds"),
    ):
        parser.add_argument(
            f"--{name}", default=folder, help="default: %(default)s"
        )
    return parser
