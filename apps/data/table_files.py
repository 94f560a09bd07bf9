"""Files of a table of the user's."""

from pathlib import Path

SPLITS = ("train", "val", "test")


def stem_of(path: str) -> str:
    """The name of a table, without what tells its files apart."""
    return Path(path).name.removesuffix(".csv").removesuffix("_train")


def find_files(path: str) -> list[Path]:
    """The one file of a table, or its train, val and test files."""
    given = Path(path).expanduser()
    whole = str(given).removesuffix("_train.csv")
    parts = [Path(f"{whole}_{split}.csv") for split in SPLITS]
    missing = [part for part in parts if not part.is_file()]
    # A name that happens to end in _train is a table of its own.
    if given.is_file() and (given not in parts or len(missing) == 2):
        return [given]
    if not missing:
        return parts
    if given.suffix == ".csv" and given not in parts:
        raise ValueError(f"There is no file {path}.")
    raise ValueError(
        f"{path} must be a CSV file, or stand for three. There is no "
        f"{' and no '.join(map(str, missing))}."
    )
