"""What is the routing of a trained head worth, corrected after training?

    python -m apps.compare.corrections FOLDER_OF_CSV_FILES --output FOLDER

trains Group-DIR with each seed on each data set, with the budget of
`apps.compare`, and predicts the test set with the routing as it was trained,
and with corrections of it: group weights whose strength validation chooses, a
temperature that it chooses, both; of strengths one half and one; and of EM on
the inputs of the test set alone. (`groupdir_balanced` has chosen a strength
while it was trained; its weights are taken off before others are tried.) Lines
and table are as those of `apps.compare.intervals`, named `corrections`.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from apps.common.command import run_app
from apps.compare.fitted_runs import SUBSETS
from apps.compare.fitted_runs import means_by_set
from apps.compare.fitted_runs import run_fitted
from keras_groupdir import GroupRegressor
from keras_groupdir.experiments import Change
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import over_sets
from keras_groupdir.labels import group_prior_weights
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import estimate_label_shift
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import over_sets_cell
from keras_groupdir.reports import shots_note
from keras_groupdir.scores import evaluate_shots

METHODS = ("groupdir", "groupdir_balanced")
TRAINED = "as trained"
CHOICES: dict[str, dict[str, Any]] = {
    "tau by validation": {"temperatures": ()},
    "temperature by validation": {"taus": ()},
    "both by validation": {},
}
TAUS = (0.5, 1.0)


def main(argv: list[str] | None = None) -> str:
    """Runs what is missing; returns the table."""
    return run_fitted("corrections", METHODS, _measured, _table, argv)


def _measured(problem: Problem, model: GroupRegressor) -> dict[str, Any]:
    labels = problem.task.labels
    x, y = problem.held_out("test")
    counts = model.groups.counts(labels)
    chosen = {
        name: choose_prior_correction(
            model, *problem.held_out("val"), labels, verbose=0, **settings
        )
        for name, settings in CHOICES.items()
    }
    strengths = {
        f"tau {tau:g}": model.with_routing(
            model.head.routing, group_prior_weights(counts, tau)
        )
        for tau in TAUS
    }
    models = {
        TRAINED: model,
        **{name: one.model for name, one in chosen.items()},
        **strengths,
        "EM, inputs alone": estimate_label_shift(
            model, x, labels, verbose=0
        ).model,
    }
    rows = {name: one.predict(x, verbose=0) for name, one in models.items()}
    picked = {k: [one.tau, one.temperature] for k, one in chosen.items()}
    return {"chosen": picked, **_shots(problem, y, rows)}


def _shots(
    problem: Problem, y: np.ndarray, rows: dict[str, np.ndarray]
) -> dict[str, Any]:
    tables = {
        name: evaluate_shots(
            _Finished(values),
            None,
            y,
            problem.task.labels,
            problem.task.bins,
            **problem.thresholds,
        ).as_dict()
        for name, values in rows.items()
    }
    first = tables[TRAINED]
    found = {name: one["rows"]["model"] for name, one in tables.items()}
    return {**first, "rows": found}


class _Finished:
    """Predictions that are there, as what can be evaluated."""

    def __init__(self, values: np.ndarray) -> None:
        self._values = values

    def predict(self, x: Any) -> np.ndarray:
        return self._values


def _table(lines: list[dict[str, Any]]) -> str:
    """Markdown, a row for each method and correction."""
    lines = [line for line in lines if not line.get("diverged")]
    kinds = dict.fromkeys(kind for line in lines for kind in line["rows"])
    titles = ["method", "routing", "data sets"]
    titles += [f"{one} (%)" for one in SUBSETS]
    titles += ["all: better / worse", "few: better / worse"]
    rows = [titles]
    for method in dict.fromkeys(line["method"] for line in lines):
        base = means_by_set(lines, method, TRAINED, "mae")
        for kind in kinds:
            own = means_by_set(lines, method, kind, "mae")
            rows.append([method, kind, str(len(own))])
            if kind == TRAINED:
                rows[-1] += ["-"] * 6
                continue
            over = {one: over_sets(_changes(own, base, one)) for one in SUBSETS}
            rows[-1] += [over_sets_cell(one) for one in over.values()]
            rows[-1] += [
                f"{one.better} / {one.worse}" if one else "-"
                for one in (over["all"], over["few"])
            ]
    seeds = sorted({line["seed"] for line in lines})
    note = (
        "Change of the test MAE from the routing as trained, in per cent, by "
        "the mean of the logarithms over data sets, with its 95% interval; "
        f"means over the seeds {seeds}. {shots_note(lines)}"
    )
    return f"# Corrections\n\n{note}\n\n{markdown_table(rows)}\n"


def _changes(
    own: dict[str, dict[str, float | None]],
    base: dict[str, dict[str, float | None]],
    subset: str,
) -> Iterable[Change]:
    for name, errors in own.items():
        error, before = errors[subset], base[name][subset]
        if error is not None and before:
            yield Change(100 * (error / before - 1), None, None)


if __name__ == "__main__":
    run_app(
        "apps.compare.corrections", "The same command goes on where it was."
    )
