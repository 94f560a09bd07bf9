"""A problem by the name that the command line gives."""

import argparse
from dataclasses import replace
from pathlib import Path

from apps.compare.problem import Problem
from keras_groupdir.checks import check_whole

AGES = ("utkface_dir", "agedb_dir", "imdb_wiki_dir")
# Flags that belong to a data set, by its name.
FLAGS: dict[str, tuple[str, ...]] = {
    "diamonds": (),
    "sts_b_dir": ("data_dir", "glove"),
    **dict.fromkeys(AGES, ("data_dir",)),
}
CSV_FLAGS = ("target",)


def check_flags(arguments: argparse.Namespace) -> None:
    """Refuses an unknown data set, and flags of other data sets.

    Raises:
        ValueError: Says what there is.
    """
    dataset = arguments.dataset
    if dataset not in FLAGS and not _is_path(dataset):
        raise ValueError(
            f"`dataset` must be one of {', '.join(FLAGS)}, or a CSV file. "
            f"Received: {dataset!r}"
        )
    own = FLAGS.get(dataset, CSV_FLAGS)
    for flags in (*FLAGS.values(), CSV_FLAGS):
        for flag in flags:
            if flag not in own and getattr(arguments, flag) is not None:
                raise ValueError(
                    f"`--{flag.replace('_', '-')}` is not for {dataset}, which "
                    f"takes {_listed(own)}. Received: "
                    f"{getattr(arguments, flag)!r}"
                )


def load_problem(arguments: argparse.Namespace) -> Problem:
    """Loads the data set of a command line.

    Raises:
        ValueError: If an argument is wrong, or a file does not parse.
        SystemExit: If files are missing; says which, or what to get.
    """
    check_flags(arguments)
    problem = _load(arguments)
    if arguments.epochs is None:
        return problem
    epochs = check_whole("epochs", arguments.epochs, at_least=1)
    training = replace(problem.training, epochs=epochs)
    return replace(problem, training=training)


def _load(arguments: argparse.Namespace) -> Problem:
    if arguments.dataset == "diamonds":
        from apps.compare.problems import diamonds

        return diamonds.load()
    if arguments.dataset == "sts_b_dir":
        from apps.compare.problems import sts_b_dir

        return sts_b_dir.load(arguments.data_dir, arguments.glove)
    if arguments.dataset in AGES:
        from apps.compare.problems import age

        return age.load(arguments.dataset, arguments.data_dir)
    from apps.compare.problems import csv_table

    return csv_table.load(arguments.dataset, arguments.target)


def _is_path(dataset: str) -> bool:
    """Whether this means a file, there or not, and not a name."""
    path = Path(dataset).expanduser()
    return (
        path.suffix == ".csv"
        or len(path.parts) > 1
        or path.is_file()
        or Path(f"{dataset}_train.csv").is_file()
    )


def _listed(flags: tuple[str, ...]) -> str:
    names = [f"--{flag.replace('_', '-')}" for flag in flags]
    return " and ".join(names) or "none"
