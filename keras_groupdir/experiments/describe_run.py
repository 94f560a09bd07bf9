"""Which run a line of results is of."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import keras

from keras_groupdir.experiments.budget import Budget
from keras_groupdir.experiments.problem import Problem
from keras_groupdir.recipes import make_recipe
from keras_groupdir.version import __version__


def describe_run(
    problem: Problem, method: str, settings: Mapping[str, Any], seed: int
) -> dict[str, Any]:
    """The part of a line of results that tells which run it is of.

    Args:
        problem: The data set.
        method: Name of a recipe.
        settings: See `run_method`.
        seed: Of everything.

    Raises:
        ValueError: If a setting is not the recipe's, or out of its range.
    """
    budget = problem.budget.with_settings(settings)
    return {
        "dataset": problem.name,
        "data": problem.digest,
        "method": method,
        "title": make_recipe(method, **recipe_settings(settings, budget)).title,
        "metric": problem.metric,
        "unit": problem.unit,
        "printed": problem.printed,
        "seed": seed,
        "settings": dict(settings),
        "training": asdict(budget),
        "epochs": budget.in_epochs(len(problem.task.labels)).epochs,
        "thresholds": problem.thresholds,
        "task": problem.task_digest,
        "backend": keras.config.backend(),
        "keras": keras.version(),
        "library": __version__,
    }


def is_run(
    line: Mapping[str, Any],
    problem: Problem,
    settings: Mapping[str, Any],
    seed: int,
) -> bool:
    """Whether a line of results is of this run."""
    return bool(
        line["dataset"] == problem.name
        and line["data"] == problem.digest
        # Recipes of other versions may have other defaults.
        and line.get("library") == __version__
        and line["metric"] == problem.metric
        # Lines from before thresholds and task were noted have the problem's.
        and line.get("thresholds", problem.thresholds) == problem.thresholds
        and line.get("task", problem.task_digest) == problem.task_digest
        and line["settings"] == settings
        and line["seed"] == seed
        # Lines from before a part of the budget existed have its default.
        and {**asdict(Budget()), **line["training"]}
        == asdict(problem.budget.with_settings(settings))
    )


def recipe_settings(
    settings: Mapping[str, Any], budget: Budget
) -> dict[str, Any]:
    """Those of the settings that are not of the budget."""
    training = asdict(budget)
    return {k: v for k, v in settings.items() if k not in training}
