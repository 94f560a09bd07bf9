"""The data sets of a command line."""

import argparse
import re
from pathlib import Path

from apps.data.load import ALL_FLAGS
from apps.data.load import CSV_FLAGS
from apps.data.load import FLAGS
from apps.data.load import check_data_flags
from apps.data.load import flags_of
from apps.data.load import written
from apps.data.table_files import find_files
from apps.data.table_files import is_csv
from apps.data.table_files import stem_of
from apps.data.table_files import whole_of

# Of tables in one file alone.
SPLIT_FLAGS = ("split", "split_seed", "max_rows")


def add_blocks_flag(parser: argparse.ArgumentParser) -> None:
    """Adds the flag that `list_sets` reads beside those of the data."""
    parser.add_argument(
        "--blocks",
        nargs="+",
        metavar="NAME",
        help="those of the CSV files, by name, whose --split is blocks",
    )


def list_sets(
    arguments: argparse.Namespace,
) -> argparse.Namespace | list[argparse.Namespace]:
    """The flags of each data set, as if it were the only one.

    Args:
        arguments: Whose `dataset` is a list of names, files and folders of
            CSV files.

    Returns:
        A list, if the command line means several: more than one, or a folder.

    Raises:
        ValueError: If there is no such data set, two would have the same
            folder, or a flag is for none of them.
    """
    names: list[str] = []
    for name in [one for given in arguments.dataset for one in _expand(given)]:
        # As of a pattern that means all three files of a table.
        if name not in names or not comes_split(name):
            names.append(name)
    is_several = len(names) > 1 or _is_folder(arguments.dataset[0])
    if not is_several:
        (one,) = _split_by_blocks(arguments, names)
        check_data_flags(one)
        return one
    own = {name: _own_flags(name) for name in names}
    _refuse_flags_of_none(arguments, own)
    sets = _split_by_blocks(arguments, names)
    for one in sets:
        for flag in ALL_FLAGS:
            if flag not in own[one.dataset]:
                setattr(one, flag, None)
    _refuse_one_folder(sets)
    return sets


def _own_flags(dataset: str) -> tuple[str, ...]:
    """Flags of a data set; rows of a table that is split are what they are."""
    own = flags_of(dataset)
    if comes_split(dataset):
        return tuple(flag for flag in own if flag not in SPLIT_FLAGS)
    return own


def _refuse_flags_of_none(
    arguments: argparse.Namespace, own: dict[str, tuple[str, ...]]
) -> None:
    """Refuses a flag that would do nothing for any of the data sets."""
    for flag in ALL_FLAGS:
        is_given = getattr(arguments, flag) is not None
        if is_given and not any(flag in flags for flags in own.values()):
            is_split = flag in SPLIT_FLAGS and any(map(comes_split, own))
            why = "; a table in three files comes split" if is_split else ""
            raise ValueError(
                f"`{written(flag)}` is for none of {', '.join(own)}{why}. "
                f"Received: {getattr(arguments, flag)!r}"
            )


def _refuse_one_folder(sets: list[argparse.Namespace]) -> None:
    """Refuses data sets whose runs would be taken for each other's."""
    given: dict[str, list[str]] = {}
    for one in sets:
        given.setdefault(name_of(one), []).append(one.dataset)
    for name, datasets in given.items():
        if len(datasets) > 1:
            raise ValueError(
                "`dataset` must differ in file names, as each has a folder of "
                "that name in the output: rename files, or compare them apart. "
                f"Received: {' and '.join(datasets)}, which would share the "
                f"folder {name!r}"
            )


def name_of(arguments: argparse.Namespace) -> str:
    """Name of the folder of one data set."""
    name = stem_of(arguments.dataset)
    # Another target is another comparison, and so are other rows.
    if arguments.target is not None:
        name += f"_{_plain(arguments.target)}"
    if arguments.max_rows is not None:
        name += f"_{arguments.max_rows}_rows"
    if arguments.split_seed:
        name += f"_split_{arguments.split_seed}"
    if arguments.split == "blocks":
        name += "_blocks"
    for flag in ("backbone", "width", "image_size"):
        value = getattr(arguments, flag)
        if value is not None:
            name += f"_{flag}_{_plain(value)}"
    return name


def _plain(value: object) -> str:
    """What may stand in the name of a folder."""
    return re.sub(r"[^\w.-]+", "_", str(value))


def _is_folder(given: str) -> bool:
    """Whether this means a folder, and not a data set of that name."""
    return given not in FLAGS and Path(given).expanduser().is_dir()


def _expand(given: str) -> list[str]:
    """What a folder holds; the three files of a table are one."""
    if not _is_folder(given):
        return [_whole(given)]
    folder = Path(given).expanduser()
    found = {
        whole_of(str(path)): None
        for path in sorted(folder.iterdir())
        if is_csv(path) and path.is_file()
    }
    if not found:
        raise ValueError(
            f"`dataset` must be a folder with CSV files. Received: {given}"
        )
    return list(found)


def comes_split(dataset: str) -> bool:
    """Whether a table comes in three files; one that is gone does not."""
    if flags_of(dataset) != CSV_FLAGS:
        return False
    try:
        return len(find_files(dataset)) > 1
    except ValueError:
        return False


def _whole(given: str) -> str:
    """What stands for a data set's table, however it was given."""
    if given in FLAGS:
        return given
    try:
        return whole_of(given)
    except ValueError:
        # A report of what there is needs no files; loading says what is not.
        return given


def _split_by_blocks(
    arguments: argparse.Namespace, names: list[str]
) -> list[argparse.Namespace]:
    """Flags of each data set, with the split that `--blocks` says."""
    sets = [
        argparse.Namespace(**{**vars(arguments), "dataset": name})
        for name in names
    ]
    if arguments.blocks is None:
        return sets
    if arguments.split is not None:
        raise ValueError(
            "`--blocks` names the data sets that `--split` is blocks of: give "
            f"one of the two. Received: --split {arguments.split}"
        )
    tables = {
        stem_of(one.dataset): one
        for one in sets
        if flags_of(one.dataset) == CSV_FLAGS
    }
    for name in arguments.blocks:
        if stem_of(name) not in tables:
            raise ValueError(
                "`--blocks` must name CSV files of the command line, which are "
                f"{', '.join(tables) or 'none'}. Received: {name!r}"
            )
        if comes_split(tables[stem_of(name)].dataset):
            raise ValueError(
                "`--blocks` must name tables in one file; this one comes in "
                f"three, which are its split. Received: {name!r}"
            )
        tables[stem_of(name)].split = "blocks"
    return sets
