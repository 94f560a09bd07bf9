"""What is missing of a comparison, as the command line has it."""

import argparse
from collections.abc import Callable
from typing import Any

from apps.compare.boosting import run_references
from apps.compare.folder_store import FolderStore
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import compare


def say(text: str) -> None:
    """Prints a line that is seen at once."""
    print(text, flush=True)


def run_missing(
    problem: Problem,
    store: FolderStore,
    arguments: argparse.Namespace,
    say: Callable[[str], Any] = say,
) -> None:
    """Runs what the folder of a data set has not.

    Args:
        problem: The data set.
        store: Its folder.
        arguments: Of `python -m apps.compare`.
        say: Is handed a line of text after each run.
    """
    settings = arguments.settings
    compare(
        problem,
        arguments.methods,
        arguments.seeds,
        arguments.tries,
        None if settings is None else {arguments.methods[0]: settings},
        store=store,
        say=say,
        verbose=arguments.verbose,
    )
    if arguments.references:
        run_references(problem, arguments.seeds, store, say)
