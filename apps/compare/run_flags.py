"""The checks that both commands make of what to run."""

import argparse
from collections.abc import Sequence
from typing import Any

from apps.compare.problems.load import check_flags
from keras_groupdir.checks import check_whole


def check_run_flags(arguments: argparse.Namespace) -> None:
    """Refuses flags of other data sets, and wrong epochs and seeds.

    Raises:
        ValueError: Says which, and what came.
    """
    check_flags(arguments)
    if arguments.epochs is not None:
        check_whole("epochs", arguments.epochs, at_least=1)
    for seed in arguments.seeds:
        check_whole("seeds", seed, at_least=0)
    check_differ("seeds", arguments.seeds)


def check_differ(name: str, values: Sequence[Any]) -> None:
    """Refuses what would be run twice."""
    if len(set(values)) < len(values):
        raise ValueError(f"`{name}` must differ. Received: {list(values)}")
