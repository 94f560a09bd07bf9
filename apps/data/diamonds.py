"""Prices of 53,940 diamonds, as shipped inside the plotnine package."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from keras_groupdir import LabelGroups
from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Problem
from keras_groupdir.labels import balanced_split
from keras_groupdir.models import table_encoder
from keras_groupdir.recipes import LabelTask

NUMBERS = ("carat", "depth", "table", "x", "y", "z")
# From worst to best: the order is the meaning.
GRADES = {
    "cut": ("Fair", "Good", "Very Good", "Premium", "Ideal"),
    "color": tuple("JIHGFED"),
    "clarity": ("I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"),
}
BINS: LabelGroups = LabelGroups.equal_width(300, 18900, width=100)
MOST_PER_BIN = 15
BUDGET = Budget(epochs=25, patience=10, batch_size=512, learning_rate=5e-3)


def diamonds(split_seed: int = 0) -> Problem:
    """The prices; validation and test set are balanced over them.

    The 146 rows that repeat another row are dropped, so that none of them is
    on both sides of the split.

    Args:
        split_seed: Of the split. By default all seeds of a method are judged
            by the same diamonds. Defaults to `0`.
    """
    x, y = _read(_csv_file())
    split = balanced_split(y, BINS, MOST_PER_BIN, split_seed)
    train, val, test = ((x[rows], y[rows]) for rows in split.values())
    return Problem(
        lambda: table_encoder(train[0]),
        train,
        val,
        test,
        LabelTask(train[1], BINS),
        BUDGET,
        "Diamonds",
        unit="dollars",
    )


def _csv_file() -> Path:
    # Found without importing plotnine, which loads much more than its data.
    spec = find_spec("plotnine")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "The diamonds come with the plotnine package, which is not "
            "installed: pip install -r requirements.txt"
        )
    return Path(spec.origin).parent / "data" / "diamonds.csv"


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Features, shape `(n, 9)`, and prices in dollars, shape `(n,)`."""
    # As text, which the order of the rows, and with it the split, is of.
    text = pd.read_csv(path, dtype=str).drop_duplicates()
    text = text.sort_values(list(text))
    x = [text[name].astype("float32") for name in NUMBERS]
    x += [text[name].map(grades.index) for name, grades in GRADES.items()]
    y = text["price"].to_numpy("float32")
    return np.stack(x, axis=1).astype("float32"), y
