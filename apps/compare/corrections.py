"""What is a trained model worth, corrected by held-out labels?

    python -m apps.compare.corrections FOLDER_OF_CSV_FILES --output FOLDER

trains each method with each seed on each data set, with the budget of
`apps.compare`, and predicts the test set with the routing as it was trained,
and with corrections of it: a weight for each group, fitted on validation; group
weights whose strength validation chooses, a temperature that it chooses, both;
of strengths one half and one; and of EM on the inputs of the test set alone.
The control is `vanilla`, whose predictions are shifted by validation. Lines and
table are as those of `apps.compare.intervals`, named `corrections`.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from apps.common.command import run_app
from apps.compare.fitted_lines import lost_note
from apps.compare.fitted_lines import means_by_set
from apps.compare.fitted_lines import runs_note
from apps.compare.fitted_runs import run_fitted
from apps.compare.shift_predictions import shift_predictions
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir.experiments import Change
from keras_groupdir.experiments import OverSets
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import over_sets
from keras_groupdir.labels import group_prior_weights
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import estimate_label_shift
from keras_groupdir.models import fit_group_weights
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import over_sets_cell
from keras_groupdir.reports import plain
from keras_groupdir.reports import shots_note
from keras_groupdir.scores import evaluate_shots

PLAIN = "vanilla"
METHODS = (PLAIN, "groupdir")
TRAINED = "as trained"
FITTED = "weights by validation"
SHIFTED = "shifted by validation"
CHOICES: dict[str, dict[str, Any]] = {
    "tau by validation": {"temperatures": ()},
    "temperature by validation": {"taus": ()},
    "both by validation": {},
}
TAUS = (0.5, 1.0)


def main(argv: list[str] | None = None) -> str:
    """Runs what is missing; returns the table."""
    return run_fitted("corrections", METHODS, _measured, _table, argv)


def _measured(problem: Problem, model: LabelModel) -> dict[str, Any]:
    x, y = problem.held_out("test")
    if not isinstance(model, GroupRegressor):
        return _shots(problem, y, _shifted(problem, model, x))
    labels = problem.task.labels
    counts = model.groups.counts(labels)
    val = problem.held_out("val")
    chosen = {
        name: choose_prior_correction(
            model, *val, labels, verbose=0, **settings
        )
        for name, settings in CHOICES.items()
    }
    strengths = {
        f"tau {tau:g}": model.with_routing(
            model.head.routing, group_prior_weights(counts, tau)
        )
        for tau in TAUS
    }
    fitted = fit_group_weights(model, *val, verbose=0)
    models = {
        TRAINED: model,
        FITTED: fitted.model,
        **{name: one.model for name, one in chosen.items()},
        **strengths,
        "EM, inputs alone": estimate_label_shift(
            model, x, labels, verbose=0
        ).model,
    }
    rows = {name: one.predict(x, verbose=0) for name, one in models.items()}
    picked = {k: [one.tau, one.temperature] for k, one in chosen.items()}
    not_fitted = {"not_fitted": fitted.not_fitted} if fitted.not_fitted else {}
    return {"chosen": picked, **not_fitted, **_shots(problem, y, rows)}


def _shifted(
    problem: Problem, model: LabelModel, x: Any
) -> dict[str, np.ndarray]:
    known, labels = problem.held_out("val")
    trained, held_out = (
        model.predict(one, verbose=0).reshape(-1) for one in (x, known)
    )
    moved = shift_predictions(trained, held_out, labels.reshape(-1))
    return {TRAINED: trained, SHIFTED: moved}


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
    lost = lost_note(lines)
    lines = [line for line in lines if not line.get("diverged")]
    titles = ["method", "routing", "data sets"]
    titles += [f"{one} (%)" for one in SUBSETS]
    titles += ["all: better / worse", "few: better / worse"]
    titles += [f"{one}, from {PLAIN} (%)" for one in ("all", "few")]
    rows = [titles]
    untouched = means_by_set(lines, PLAIN, TRAINED, "mae")
    for method in dict.fromkeys(line["method"] for line in lines):
        trained = means_by_set(lines, method, TRAINED, "mae")
        for kind in _kinds(lines, method):
            errors = means_by_set(lines, method, kind, "mae")
            is_trained = kind == TRAINED
            rows.append([plain(method), plain(kind), str(len(errors))])
            rows[-1] += ["-"] * 6 if is_trained else _from(errors, trained)
            is_plain = is_trained and method == PLAIN
            over = {} if is_plain else _over(errors, untouched)
            rows[-1] += [over_sets_cell(over.get(x)) for x in ("all", "few")]
    note = (
        "Change of the test MAE from the model as trained, in per cent, by "
        "the mean of the logarithms over data sets, with its 95% interval; "
        f"means over {runs_note(lines)}. {shots_note(lines)}{lost}"
        f"{_unfitted(lines)}"
    )
    return f"# Corrections\n\n{note}\n\n{markdown_table(rows)}\n"


def _unfitted(lines: list[dict[str, Any]]) -> str:
    """Where a row is that of the model as trained, and why."""
    found = {
        f"{line['dataset']}: {line['not_fitted']}": None
        for line in lines
        if "not_fitted" in line
    }
    if not found:
        return ""
    return f" {FITTED} could not be fitted: {plain('; '.join(found))}."


def _kinds(lines: list[dict[str, Any]], method: str) -> Iterable[str]:
    own = [line for line in lines if line["method"] == method]
    return dict.fromkeys(kind for line in own for kind in line["rows"])


Errors = dict[str, dict[str, float | None]]


def _from(errors: Errors, base: Errors) -> list[str]:
    """Cells of changes by subset, and how many sets are better and worse."""
    over = _over(errors, base)
    return [
        *map(over_sets_cell, over.values()),
        *(
            f"{one.better} / {one.worse}" if one else "-"
            for one in (over["all"], over["few"])
        ),
    ]


def _over(errors: Errors, base: Errors) -> dict[str, OverSets | None]:
    return {one: over_sets(_changes(errors, base, one)) for one in SUBSETS}


def _changes(own: Errors, base: Errors, subset: str) -> Iterable[Change]:
    for name in own.keys() & base.keys():
        error, before = own[name][subset], base[name][subset]
        if error is not None and before:
            yield Change(100 * (error / before - 1), None, None)


if __name__ == "__main__":
    run_app(
        "apps.compare.corrections", "The same command goes on where it was."
    )
