"""One method, trained and judged once."""

import math
import time
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

import keras
import numpy as np

from keras_groupdir.checks import check_choice
from keras_groupdir.experiments.describe_run import describe_run
from keras_groupdir.experiments.describe_run import recipe_settings
from keras_groupdir.experiments.problem import Problem
from keras_groupdir.models import LabelModel
from keras_groupdir.models.few_batches import few_batches
from keras_groupdir.recipes import CompiledModels
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from keras_groupdir.scores import ShotTable
from keras_groupdir.scores import evaluate_shots

# All the places where a run can be looked at.
SPLITS = ("val", "test")
# What `fit_recipe` adds to a history.
CHOSEN = ("tau", "temperature", "group_weights", "not_fitted")


class FittedMethod(NamedTuple):
    """What `fit_method` returns.

    Attributes:
        model: With the weights of its best epoch.
        errors: Validation errors of its prediction, by epoch.
        tables: Shot tables by split; none of a run that diverged.
        line: What goes into the results, as JSON.
    """

    model: LabelModel
    errors: list[float]
    tables: dict[str, ShotTable]
    line: dict[str, Any]


def run_method(
    problem: Problem,
    method: str,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    splits: tuple[str, ...] = SPLITS,
    compiled: CompiledModels | None = None,
    verbose: Any = 0,
) -> dict[str, Any]:
    """Trains a method and evaluates it.

    Args:
        problem: The data set, encoder and budget.
        method: Name of a recipe.
        settings: Of the recipe, and of the budget where it differs from the
            problem's. Defaults to those of the recipe.
        seed: Of everything.
        splits: What to evaluate on, of `"val"` and `"test"`.
        compiled: Models of other runs of this method, to train again. Defaults
            to `None`.
        verbose: As for `keras.Model.fit`.

    Returns:
        What goes into the results, as JSON. Of a method that raises a
        `ValueError` on this problem there are none but its `"error"`, and it
        counts as diverged.

    Raises:
        ValueError: If it is the settings that are wrong.
    """
    described = describe_run(problem, method, settings or {}, seed)
    started = time.perf_counter()
    try:
        return fit_method(
            problem, method, settings, seed, splits, compiled, verbose=verbose
        ).line
    except ValueError as error:
        return {**described, **_result(started, None), "error": str(error)}


def fit_method(
    problem: Problem,
    method: str,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    splits: tuple[str, ...] = SPLITS,
    compiled: CompiledModels | None = None,
    callbacks: Callable[[], list[keras.callbacks.Callback]] = list,
    verbose: Any = 0,
) -> FittedMethod:
    """Does what `run_method` does, and gives the model as well.

    Args:
        problem: As for `run_method`.
        method: As for `run_method`.
        settings: As for `run_method`.
        seed: As for `run_method`.
        splits: As for `run_method`.
        compiled: As for `run_method`.
        callbacks: Makes callbacks of your own, for each stage.
        verbose: As for `keras.Model.fit`.

    Raises:
        ValueError: If the settings are wrong, or the method cannot be trained
            on this problem.
    """
    # Of a word, the first letter is none of them.
    for split in splits:
        check_choice("splits", split, SPLITS)
    settings = dict(settings or {})
    described = describe_run(problem, method, settings, seed)
    started = time.perf_counter()
    model, history = _train(
        problem, method, settings, seed, compiled, callbacks, verbose
    )
    errors = [float(e) for e in history[f"val_prediction_{problem.metric}"]]
    line = {**described, **_result(started, errors), **_chosen(history)}
    tables: dict[str, ShotTable] = {}
    if not line["diverged"]:
        tables = {split: _evaluate(problem, model, split) for split in splits}
        line |= {split: table.as_dict() for split, table in tables.items()}
        line["routing"] = next((t.own for t in tables.values()), None)
    return FittedMethod(model, errors, tables, line)


def _train(
    problem: Problem,
    method: str,
    settings: Mapping[str, Any],
    seed: int,
    compiled: CompiledModels | None,
    callbacks: Callable[[], list[keras.callbacks.Callback]],
    verbose: Any,
) -> tuple[LabelModel, dict[str, list[Any]]]:
    """The model and the history of its last stage."""
    size = len(problem.task.labels)
    budget = problem.budget.with_settings(settings).in_epochs(size)
    recipe = make_recipe(method, **recipe_settings(settings, budget))
    encoder = problem.encoder(seed)
    data = problem.train_data(seed, recipe.views)
    x, y = data if isinstance(data, tuple) else (data, None)
    model, histories = fit_recipe(
        recipe,
        encoder,
        problem.task,
        x,
        y,
        validation_data=problem.val,
        still_data=problem.still,
        optimizer=budget.optimizer(size),
        callbacks=lambda: [
            budget.early_stopping(problem.metric),
            *callbacks(),
        ],
        batch_size=budget.batch_size,
        seed=seed,
        compiled=compiled,
        epoch_at_once=True,
        epochs=budget.epochs,
        verbose=verbose,
    )
    return model, histories[-1]


def _chosen(history: dict[str, list[Any]]) -> dict[str, Any]:
    """What validation chose of a corrected routing, if that was asked."""
    found = {key: history[key][0] for key in CHOSEN if key in history}
    return {"correction": found} if found else {}


def _result(started: float, errors: list[float] | None) -> dict[str, Any]:
    result: dict[str, Any] = {
        "seconds": round(time.perf_counter() - started, 1),
        "diverged": True,
        "best_epoch": None,
        "best_error": None,
        "routing": None,
    }
    if errors and all(map(math.isfinite, errors)):
        best = int(np.argmin(errors))
        result |= {
            "diverged": False,
            "best_epoch": best + 1,
            "best_error": float(f"{errors[best]:.9g}"),
        }
    return result


def _evaluate(problem: Problem, model: LabelModel, split: str) -> ShotTable:
    x, y = problem.held_out(split)
    return evaluate_shots(
        model,
        x,
        y,
        problem.task.labels,
        problem.task.bins,
        epsilon=problem.epsilon,
        verbose=0,
        **few_batches(x),
        **problem.thresholds,
    )
