"""Files of a table of the user's."""

from pathlib import Path

SPLITS = ("train", "val", "test")
SUFFIX = ".csv"


def is_csv(path: str | Path) -> bool:
    """Whether a file's name ends as that of a table, in letters of any size."""
    return Path(path).suffix.lower() == SUFFIX


def stem_of(path: str) -> str:
    """The name of a table, without what tells its files apart."""
    name = Path(path).stem if is_csv(path) else Path(path).name
    return name.removesuffix("_train")


def find_files(path: str) -> list[Path]:
    """The one file of a table, or its train, val and test files."""
    given = Path(path).expanduser()
    parts = parts_of(path)
    missing = [part for part in parts if not part.is_file()]
    # A name that happens to end in _train is a table of its own.
    if given.is_file() and (given not in parts or len(missing) == 2):
        return [given]
    if not missing:
        return parts
    if is_csv(given) and given not in parts:
        raise ValueError(f"There is no file {path}.")
    raise ValueError(
        f"{path} must be a CSV file, or stand for three. There is no "
        f"{' and no '.join(map(str, missing))}."
    )


def parts_of(path: str) -> list[Path]:
    """Train, val and test file that a name would stand for, there or not."""
    given = Path(path).expanduser()
    for split in SPLITS:
        ending = f"_{split}{given.suffix}"
        if is_csv(given) and given.name.endswith(ending):
            parts = _parts(str(given).removesuffix(ending), given.suffix)
            # Without rows to train on beside it, it is no part of anything.
            if split == "train" or parts[0].is_file():
                return parts
    return _parts(str(given), SUFFIX)


def whole_of(path: str) -> str:
    """The one name of a table: its file's, or that of its train rows' file.

    Raises:
        ValueError: If a file is missing.
    """
    files = find_files(path)
    return path if len(files) == 1 else str(files[0])


def _parts(start: str, suffix: str) -> list[Path]:
    """Files that begin alike, each with the suffix that it has on the disk."""
    return [
        next(
            (
                path
                for ending in (suffix, SUFFIX, SUFFIX.upper())
                if (path := Path(f"{start}_{split}{ending}")).is_file()
            ),
            Path(f"{start}_{split}{suffix}"),
        )
        for split in SPLITS
    ]
