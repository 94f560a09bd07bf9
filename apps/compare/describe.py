"""What is known of a run before it is made."""

from dataclasses import asdict
from dataclasses import replace
from typing import Any

import keras

from apps.compare.problem import Problem
from apps.compare.problem import Training
from keras_groupdir.recipes import make_recipe

# Of the settings of a run, those of the training and not of the recipe.
TRAINING = frozenset(Training.__dataclass_fields__)


def describe(
    problem: Problem, method: str, settings: dict[str, Any], seed: int
) -> dict[str, Any]:
    """The part of a line of results that tells which run it is of.

    Args:
        problem: The data set.
        method: Name of a recipe.
        settings: Of the recipe, and of the training where it differs from the
            problem's.
        seed: Of everything.

    Raises:
        ValueError: If a setting is not the recipe's, or out of its range.
    """
    own = {k: v for k, v in settings.items() if k in TRAINING}
    others = {k: v for k, v in settings.items() if k not in TRAINING}
    return {
        "dataset": problem.name,
        "data": problem.digest,
        "method": method,
        "title": make_recipe(method, **others).title,
        "metric": problem.metric,
        "unit": problem.unit,
        "printed": problem.printed,
        "seed": seed,
        "settings": settings,
        "training": asdict(replace(problem.training, **own)),
        "backend": keras.config.backend(),
        "keras": keras.version(),
    }
