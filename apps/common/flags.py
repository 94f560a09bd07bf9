"""Flags that several commands have, and what of them is refused."""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import asdict
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_groupdir import LabelGroups
from keras_groupdir.experiments import Budget
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import Recipe
from keras_groupdir.recipes import make_recipe

BUDGET = ("epochs", "patience", "batch_size", "learning_rate")


@dataclass(frozen=True)
class Number:
    """Numbers in a range: the `type` of an argument."""

    words: str
    kind: type[int] | type[float]
    low: float
    high: float = sys.float_info.max

    def __call__(self, text: str) -> float:
        """The number that a text is.

        Raises:
            argparse.ArgumentTypeError: Says what was expected.
        """
        try:
            number = self.kind(text)
        except ValueError:
            number = math.nan
        # Put so that a NaN is an error.
        if not self.low <= number <= self.high:
            raise argparse.ArgumentTypeError(
                f"must be {self.words}. Received: {text}"
            )
        return number


WHOLE = Number("a whole number of at least 1", int, 1)
SEED = Number("a whole number from 0 to 2**32 - 1", int, 0, 2**32 - 1)
POSITIVE = Number("a positive number", float, sys.float_info.min)
SHARE = Number("at least 0 and below 1", float, 0, math.nextafter(1, 0))


@contextmanager
def refusing(parser: argparse.ArgumentParser) -> Iterator[None]:
    """What was not meant for a user's eyes ends in a line, not a traceback.

    For all that comes before training: arguments, and files to be read.
    """
    try:
        yield
    except (ValueError, OSError, argparse.ArgumentTypeError) as error:
        parser.error(" ".join(str(error).split()))


def json_object(text: str) -> dict[str, Any]:
    """Settings from the command line: the `type` of an argument."""
    try:
        settings = json.loads(text, parse_constant=float)
        json.dumps(settings, allow_nan=False)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not JSON: {error}") from error
    if not isinstance(settings, dict):
        raise argparse.ArgumentTypeError(f"not a JSON object: {text}")
    return settings


def of_training(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some settings that are the training's, not the recipe's."""
    budget = asdict(Budget())
    return {k: v for k, v in settings.items() if k in budget}


def check_settings(method: str, settings: Mapping[str, Any]) -> None:
    """Refuses settings that a recipe or the training cannot have.

    Builds what the recipe trains, for a handful of labels: its parts say what
    they cannot be.

    Raises:
        ValueError: Says which.
    """
    training = of_training(settings)
    Budget().with_settings(training)
    own = {k: v for k, v in settings.items() if k not in training}
    for name, value in settings.items():
        # `reweight` is a word.
        is_weight = f"_{name}".endswith("_weight") or name == "weight_decay"
        if is_weight and value is not None:
            check_within(name, value, Number("at least 0", float, 0))
    recipe = make_recipe(method, **own)
    try:
        _build(recipe)
    except (TypeError, AttributeError) as error:
        raise ValueError(
            f"`settings` must be of the types that the recipe {method!r} "
            f"takes. Received: {own} ({error})"
        ) from error


def check_differ(arguments: argparse.Namespace, names: tuple[str, ...]) -> None:
    """Refuses flags whose values are not all different.

    Raises:
        ValueError: Says which.
    """
    for name in names:
        values = list(getattr(arguments, name))
        if len(set(values)) < len(values):
            raise ValueError(f"`{name}` must differ. Received: {values}")


def check_within(name: str, value: Any, numbers: Number) -> None:
    """Refuses a setting that is no such number.

    Raises:
        ValueError: Says what it must be.
    """
    try:
        numbers(json.dumps(value))
    except argparse.ArgumentTypeError as error:
        raise ValueError(f"`{name}` {error}") from error


def _build(recipe: Recipe) -> None:
    labels = np.linspace(0, 1, 50) ** 2
    task = LabelTask(labels, LabelGroups.histogram(labels), held_out=labels)
    inputs = keras.Input((2,))
    encoder = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    for stage in recipe.stages:
        model = stage.build(encoder, task)
        if stage.losses is not None:
            stage.losses(model, task)
        if stage.weigh is not None:
            stage.weigh(labels, task)
        if stage.resample is not None:
            stage.resample(labels[:, None], task, 0)


def add_run_flags(
    parser: argparse.ArgumentParser,
    of: str,
    several: bool = False,
    budget: Budget | None = None,
) -> None:
    """Adds what every command that trains has.

    Args:
        parser: Of the command.
        of: Whose settings `--settings` are.
        several: Whether it takes `--seeds`, and not one `--seed`. Defaults to
            `False`.
        budget: What is trained with without these flags, or `None` where a
            preset says so.
    """
    if several:
        parser.add_argument(
            "--seeds", nargs="+", type=SEED, default=[0], help="default: 0"
        )
    else:
        parser.add_argument("--seed", type=SEED, default=0, help="default: 0")
    parser.add_argument(
        "--settings",
        type=json_object,
        default={},
        metavar="JSON",
        help=f'of {of} and of the training: {{"num_groups": 20}}',
    )
    for name in BUDGET:
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=POSITIVE if name == "learning_rate" else WHOLE,
            help="default: "
            + str(getattr(budget, name, "what the preset has")),
        )


def given(
    arguments: argparse.Namespace, names: tuple[str, ...] = BUDGET
) -> dict[str, Any]:
    """Those of some flags that have a value."""
    values = {name: getattr(arguments, name) for name in names}
    return {k: v for k, v in values.items() if v is not None}
