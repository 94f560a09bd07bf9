"""A problem by the name that the command line gives."""

import argparse
from dataclasses import replace
from pathlib import Path

from apps.common.flags import POSITIVE
from apps.common.flags import SEED
from apps.common.flags import WHOLE
from apps.data.block_split import SPLIT_BY
from apps.data.table_files import is_csv
from apps.data.table_files import parts_of
from keras_groupdir.experiments import Problem

FACES = ("utkface_dir", "agedb_dir", "imdb_wiki_dir")
MOLECULES = {"molecules": "melting", "molecules_boiling": "boiling"}
# Flags that belong to a data set, by its name.
FLAGS: dict[str, tuple[str, ...]] = {
    "diamonds": (),
    **dict.fromkeys(MOLECULES, ()),
    "sts_b_dir": ("data_dir", "glove"),
    **dict.fromkeys(FACES, ("data_dir", "backbone", "width", "image_size")),
}
CSV_FLAGS = ("target", "split", "split_seed", "max_rows")
ALL_FLAGS = tuple(dict.fromkeys([*CSV_FLAGS, *sum(FLAGS.values(), ())]))


def add_data_flags(
    parser: argparse.ArgumentParser, several: bool = False
) -> None:
    """Adds what `load_problem` reads.

    Args:
        parser: Of the command.
        several: Whether it takes several data sets, see `apps.compare`.
            Defaults to `False`.
    """
    parser.add_argument(
        "dataset",
        nargs="+" if several else None,
        help=f"{', '.join(FLAGS)}, or a CSV file, or what comes before "
        "_train.csv, _val.csv and _test.csv"
        + ("; several of them, or a folder of CSV files" if several else ""),
    )
    parser.add_argument("--data-dir", help="folder with the data set's files")
    parser.add_argument("--glove", help="word vectors of sts_b_dir")
    parser.add_argument(
        "--target", help="column of a CSV file to predict; default: the first"
    )
    parser.add_argument(
        "--split",
        choices=SPLIT_BY,
        help="of a CSV file: random, balanced over the labels; or blocks of "
        "rows in the order of the file, for time series, whose neighbours "
        "would leak (default: random)",
    )
    parser.add_argument(
        "--split-seed",
        type=SEED,
        help="of a CSV file: of the draw of validation and test rows "
        "(default: 0)",
    )
    parser.add_argument(
        "--max-rows",
        type=WHOLE,
        metavar="N",
        help="of a CSV file with more: N of them, drawn once for all",
    )
    parser.add_argument(
        "--backbone", help="of faces: see apps.age (default: resnet18)"
    )
    parser.add_argument(
        "--width",
        type=POSITIVE,
        help="of faces: channels of a ResNet, as a share of the usual "
        "(default: 0.5)",
    )
    parser.add_argument(
        "--image-size", type=WHOLE, help="of faces, in pixels (default: 64)"
    )
    parser.add_argument("--epochs", type=WHOLE, help="default: the data set's")


def check_data_flags(arguments: argparse.Namespace) -> None:
    """Refuses an unknown data set, or flags of other data sets.

    Raises:
        ValueError: Says what there is.
    """
    dataset = arguments.dataset
    own = flags_of(dataset)
    for flag in ALL_FLAGS:
        if flag in own:
            continue
        if getattr(arguments, flag) is not None:
            raise ValueError(
                f"`{written(flag)}` is not for {dataset}, which takes "
                f"{' and '.join(map(written, own)) or 'none'}. Received: "
                f"{getattr(arguments, flag)!r}"
            )


def flags_of(dataset: str) -> tuple[str, ...]:
    """Flags that belong to a data set.

    Raises:
        ValueError: If there is no such data set.
    """
    if dataset not in FLAGS and not _is_path(dataset):
        raise ValueError(
            f"`dataset` must be one of {', '.join(FLAGS)}, or a CSV file. "
            f"Received: {dataset!r}"
        )
    return FLAGS.get(dataset, CSV_FLAGS)


def load_problem(arguments: argparse.Namespace) -> Problem:
    """Loads the data set of a command line.

    Raises:
        ValueError: If an argument is wrong, or a file does not parse.
        SystemExit: If files are missing; says which, or what to get.
    """
    check_data_flags(arguments)
    problem = _load(arguments)
    if arguments.epochs is None:
        return problem
    # So many and no less, also where the budget is in steps.
    size = len(problem.task.labels)
    budget = replace(problem.budget.in_epochs(size), epochs=arguments.epochs)
    return replace(problem, budget=budget)


def _load(arguments: argparse.Namespace) -> Problem:
    # What the other data sets need is not loaded.
    if arguments.dataset == "diamonds":
        from apps.data.diamonds import diamonds

        return diamonds()
    if arguments.dataset in MOLECULES:
        from apps.data.molecules.problem import molecules_problem

        return molecules_problem(MOLECULES[arguments.dataset])
    if arguments.dataset == "sts_b_dir":
        from apps.data.sts_b_dir.problem import sts_b_dir_problem

        return sts_b_dir_problem(arguments.data_dir, arguments.glove)
    if arguments.dataset in FACES:
        from apps.data.faces.problem import face_problem

        given = {
            name: getattr(arguments, name)
            for name in ("backbone", "width", "image_size")
            if getattr(arguments, name) is not None
        }
        return face_problem(arguments.dataset, arguments.data_dir, **given)
    from apps.data.csv_file import csv_problem

    return csv_problem(
        arguments.dataset,
        arguments.target,
        arguments.split or SPLIT_BY[0],
        arguments.max_rows,
        arguments.split_seed,
    )


def _is_path(dataset: str) -> bool:
    """Whether this means a file, there or not, and not a name."""
    path = Path(dataset).expanduser()
    return (
        is_csv(path)
        or len(path.parts) > 1
        or path.is_file()
        or parts_of(dataset)[0].is_file()
    )


def written(flag: str) -> str:
    """A flag as the command line has it."""
    return f"--{flag.replace('_', '-')}"
