"""A CSV file of the user's, with a small network on its columns."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from apps.common.table_encoder import build_encoder
from apps.compare.problem import Problem
from apps.compare.problem import Training
from apps.compare.problems.csv_columns import Column
from apps.compare.problems.csv_columns import as_features
from apps.compare.problems.csv_columns import as_numbers
from apps.compare.problems.csv_columns import read_columns
from keras_groupdir.checks import check_choice
from keras_groupdir.density import label_bins
from keras_groupdir.groups import LabelGroups
from keras_groupdir.recipes import Task
from keras_groupdir.splits import balanced_split

TRAINING = Training(epochs=50, patience=15, batch_size=128, learning_rate=3e-3)
SPLITS = ("train", "val", "test")
# Whole numbers over at most this range get a bin each, others NUM_BINS.
MOST_WHOLE = 200
NUM_BINS = 50
# What validation and test hold of the rows, at most.
HELD_OUT = 0.1
SPLIT_SEED = 0


def load(path: str, target: str | None = None) -> Problem:
    """Reads a table and splits it, unless it comes in three files.

    Args:
        path: A CSV file with a header; or one of three whose names end in
            `_train.csv`, `_val.csv` and `_test.csv`, or what comes before that
            in their names: then these are the splits.
        target: Name of the column to predict. Defaults to the first.

    Raises:
        ValueError: If a file does not parse, or does not suit.
        SystemExit: If files are missing; says which.
    """
    files = find_files(path)
    columns = read_columns(files)
    target = next(iter(columns)) if target is None else target
    check_choice("target", target, columns)
    y = as_numbers(columns.pop(target))
    x = as_features(columns.values())
    bins = bins_of(y, target)
    split = _split(files, columns, y, bins)
    train_x, train_y = x[split["train"]], y[split["train"]]

    def make_encoder(seed: int) -> keras.Model:
        keras.utils.set_random_seed(seed)
        return build_encoder(train_x)

    def make_train(seed: int, views: int) -> Any:
        # Rows of numbers have no random versions: one view, for every method.
        return train_x, train_y

    return Problem(
        f"{stem_of(path)}, {target}",
        Task(train_y, bins, error="absolute", reweight="sqrt_inverse"),
        make_encoder,
        make_train,
        (x[split["val"]], y[split["val"]]),
        (x[split["test"]], y[split["test"]]),
        TRAINING,
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
        raise SystemExit(f"There is no file {path}.")
    raise SystemExit(
        f"{path} must be a CSV file, or stand for three. There is no "
        f"{' and no '.join(map(str, missing))}."
    )


def bins_of(labels: np.ndarray, name: str) -> LabelGroups:
    """Bins over the range of labels, rounded outward.

    Whole numbers over a range of up to `MOST_WHOLE` get bins of width 1, others
    `NUM_BINS` of one width.

    Args:
        labels: Labels of all splits. Shape `(n,)`.
        name: What they are called, for the message.
    """
    low, high = float(labels.min()), float(labels.max())
    if low == high:
        raise ValueError(
            f"`target` must be a column with different values. Received: "
            f"{name!r}, which is {low:g} in every row"
        )
    if high - low <= MOST_WHOLE and np.all(labels == np.round(labels)):
        return label_bins(low, high + 1, bin_width=1)
    # Between a hundredth and a thousandth of the range.
    digits = 2 - int(np.floor(np.log10(high - low)))
    step = 10.0**-digits
    low = round(np.floor(low / step) * step, digits)
    high = round(np.ceil(high / step) * step, digits)
    return LabelGroups.equal_width(low, high, NUM_BINS)


def _split(
    files: list[Path],
    columns: dict[str, Column],
    labels: np.ndarray,
    bins: LabelGroups,
) -> dict[str, np.ndarray]:
    """Rows of each split."""
    if len(files) > 1:
        places = next(iter(columns.values())).places
        file_of = np.array([files.index(path) for path, _ in places])
        return {
            split: np.flatnonzero(file_of == number)
            for number, split in enumerate(SPLITS)
        }
    most = int(np.ceil(HELD_OUT * len(labels) / bins.num_groups))
    split = balanced_split(labels, bins, most, SPLIT_SEED)
    if not (len(split["val"]) and len(split["test"])):
        raise ValueError(
            f"{files[0]} must have at least 3 rows of about the same target, "
            "so that some can be held out. Received: "
            f"{len(labels)} rows"
        )
    return split
