"""Flags that several commands have."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from keras_groupdir.experiments import Budget
from keras_groupdir.recipes import make_recipe

BUDGET = ("epochs", "patience", "batch_size", "learning_rate")


def json_object(text: str) -> dict[str, Any]:
    """Settings from the command line: the `type` of an argument."""
    try:
        settings = json.loads(text)
    except json.JSONDecodeError as error:
        raise argparse.ArgumentTypeError(f"not JSON: {error}") from error
    if not isinstance(settings, dict):
        raise argparse.ArgumentTypeError(f"not a JSON object: {text}")
    return settings


def of_training(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some settings that are the training's, not the recipe's."""
    budget = asdict(Budget())
    return {k: v for k, v in settings.items() if k in budget}


def check_settings(method: str, settings: Mapping[str, Any]) -> None:
    """Refuses settings that neither a recipe nor the training has.

    Raises:
        ValueError: Says which.
    """
    training = of_training(settings)
    Budget().with_settings(training)
    own = {k: v for k, v in settings.items() if k not in training}
    make_recipe(method, **own)


def add_run_flags(parser: argparse.ArgumentParser, of: str) -> None:
    """Adds what every command that trains has.

    Args:
        parser: Of the command.
        of: Whose settings `--settings` are.
    """
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
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
            type=type(getattr(Budget(), name)),
            help="default: the preset's",
        )


def given(
    arguments: argparse.Namespace, names: tuple[str, ...] = BUDGET
) -> dict[str, Any]:
    """Those of some flags that have a value."""
    values = {name: getattr(arguments, name) for name in names}
    return {k: v for k, v in values.items() if v is not None}
