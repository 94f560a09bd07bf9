"""A CSV file of the user's, with a small network on its columns."""

import warnings
from pathlib import Path

import numpy as np

from apps.data.csv_columns import Columns
from apps.data.table_encoder import build_encoder
from keras_groupdir import LabelGroups
from keras_groupdir.checks import check_choice
from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Problem
from keras_groupdir.labels import balanced_split
from keras_groupdir.recipes import LabelTask

# In steps: what is enough for many rows is far too little for few.
BUDGET = Budget(steps=4000, patience=1000, batch_size=128, learning_rate=3e-3)
SPLITS = ("train", "val", "test")
# What validation and test hold of the rows, at most.
HELD_OUT = 0.1
SPLIT_SEED = 0
# Shares of that, below which it is said, and refused.
FEW, TOO_FEW = 0.4, 0.1


def csv_problem(path: str, target: str | None = None) -> Problem:
    """Reads a table and splits it, unless it comes in three files.

    Args:
        path: A CSV file with a header; or one of three whose names end in
            `_train.csv`, `_val.csv` and `_test.csv`, or what comes before that
            in their names: then these are the splits.
        target: Name of the column to predict. Defaults to the first.

    Raises:
        ValueError: If a file is missing, does not parse, or does not suit.
    """
    files = find_files(path)
    columns = Columns(files)
    target = columns.names[0] if target is None else target
    check_choice("target", target, columns.names)
    y = columns.labels(target)
    x = columns.features(name for name in columns.names if name != target)
    if y.min() == y.max():
        raise ValueError(
            f"`target` must be a column with different values. Received: "
            f"{target!r}, which is {y[0]:g} in every row"
        )
    bins = LabelGroups.histogram(y)
    if len(files) > 1:
        ends = np.cumsum(columns.lengths)[:-1]
        split = dict(
            zip(SPLITS, np.split(np.arange(len(y)), ends), strict=True)
        )
    else:
        split = _balanced_split(files[0], y, bins)
    train, val, test = ((x[split[name]], y[split[name]]) for name in SPLITS)
    return Problem(
        lambda: build_encoder(train[0]),
        train,
        val,
        test,
        LabelTask(train[1], bins),
        BUDGET,
        f"{stem_of(path)}, {target}",
        unit=target,
    )


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


def _balanced_split(
    path: Path, labels: np.ndarray, bins: LabelGroups
) -> dict[str, np.ndarray]:
    most = int(np.ceil(HELD_OUT * len(labels) / bins.num_groups))
    split = balanced_split(labels, bins, most, SPLIT_SEED)
    if not (len(split["val"]) and len(split["test"])):
        raise ValueError(
            f"{path} must have at least 3 rows of about the same target, "
            "so that some can be held out. Received: "
            f"{len(labels)} rows"
        )
    share = len(split["test"]) / (HELD_OUT * len(labels))
    if share < FEW:
        said = (
            f"{path}: validation and test set have only {len(split['test'])} "
            f"of {len(labels)} rows, as few have a target that is not near "
            f"its median of {np.median(labels):g}; it goes from "
            f"{labels.min():g} to {labels.max():g}. Mend a mistyped number, "
            "take the logarithm of the target, or split the rows yourself "
            "into three files, _train.csv, _val.csv and _test.csv."
        )
        if share < TOO_FEW:
            raise ValueError(said)
        warnings.warn(said, stacklevel=2)
    return split
