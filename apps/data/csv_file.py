"""A CSV file of the user's, with a small network on its columns."""

import contextlib
from collections.abc import Iterator

import numpy as np

from apps.data.block_split import SPLIT_BY
from apps.data.csv_columns import Columns
from apps.data.csv_split import split_at_random
from apps.data.csv_split import split_by_blocks
from apps.data.fill_missing import fill_missing
from apps.data.table_files import SPLITS
from apps.data.table_files import find_files
from apps.data.table_files import stem_of
from keras_groupdir import LabelGroups
from keras_groupdir.checks import check_choice
from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Problem
from keras_groupdir.models import table_encoder
from keras_groupdir.recipes import LabelTask

# In steps: what is enough for many rows is far too little for few.
BUDGET = Budget(steps=4000, patience=1000, batch_size=128, learning_rate=3e-3)
SPLIT_SEED = 0


def csv_problem(
    path: str,
    target: str | None = None,
    split_by: str = SPLIT_BY[0],
    max_rows: int | None = None,
    split_seed: int | None = None,
) -> Problem:
    """Reads a table and splits it, unless it comes in three files.

    Args:
        path: A CSV file with a header; or one of three whose names end in
            `_train.csv`, `_val.csv` and `_test.csv`, or what comes before that
            in their names: then these are the splits.
        target: Name of the column to predict. Defaults to the first.
        split_by: `"random"`, so that validation and test are balanced over the
            labels, or `"blocks"` of neighbours in the file, for rows in the
            order of time. Defaults to `"random"`.
        max_rows: Of a larger table, that many rows are drawn, in the order of
            the file, the same for each seed. Defaults to all.
        split_seed: Of the draw of what is held out. Defaults to 0.

    Raises:
        ValueError: If a file is missing, does not parse, or does not suit.
    """
    check_choice("split", split_by, SPLIT_BY)
    files = find_files(path)
    if len(files) > 1 and (
        split_by != SPLIT_BY[0] or (max_rows, split_seed) != (None, None)
    ):
        raise ValueError(
            "`split`, `split_seed` and `max_rows` are of a table in one file. "
            f"Received: {path}, which stands for {len(files)} files that are "
            "split"
        )
    seed = SPLIT_SEED if split_seed is None else split_seed
    columns = Columns(files)
    target = columns.names[0] if target is None else target
    with _said_of(path):
        check_choice("target", target, columns.names)
    y = columns.labels(target)
    x = columns.features(name for name in columns.names if name != target)
    rows = _draw(len(y), max_rows)
    said = f", {len(rows)} of {len(y)} rows" if len(rows) < len(y) else ""
    x, y = x[rows], y[rows]
    bins = _bins(f"{path}, column {target!r}", y)
    if len(files) > 1:
        ends = np.cumsum(columns.lengths)[:-1]
        split = dict(
            zip(SPLITS, np.split(np.arange(len(y)), ends), strict=True)
        )
    elif split_by == "blocks":
        split = split_by_blocks(path, y, seed)
        said += ", split by blocks"
    else:
        split = split_at_random(path, y, bins, seed)
    said += f", split {seed}" if seed != SPLIT_SEED else ""
    x = fill_missing(x, split["train"])
    train, val, test = ((x[split[name]], y[split[name]]) for name in SPLITS)
    return Problem(
        lambda: table_encoder(train[0]),
        train,
        val,
        test,
        LabelTask(train[1], bins),
        BUDGET,
        f"{stem_of(str(files[0]))}, {target}{said}",
        unit=target,
    )


def _draw(num_rows: int, max_rows: int | None) -> np.ndarray:
    """Numbers of the rows that count, in their order."""
    if max_rows is None or max_rows >= num_rows:
        return np.arange(num_rows)
    rng = np.random.default_rng(SPLIT_SEED)
    return np.sort(rng.choice(num_rows, max_rows, replace=False))


def _bins(place: str, labels: np.ndarray) -> LabelGroups:
    """Bins of the label histogram; of labels without, a message says whose."""
    if labels.min() == labels.max():
        raise ValueError(
            f"{place} must have different values, as it is the target. "
            f"Received: {labels[0]:g} in every row"
        )
    with _said_of(place):
        return LabelGroups.histogram(labels)


@contextlib.contextmanager
def _said_of(place: str) -> Iterator[None]:
    """Puts a place before the message of an error."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
