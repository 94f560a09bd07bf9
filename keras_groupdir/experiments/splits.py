"""The data of a problem: arrays, or batches to go through again and again."""

import itertools
from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_rows
from keras_groupdir.recipes.data_batches import all_batches

# Batches that are read twice, to tell whether a data set is shuffled.
LOOKED_AT = 4


def check_split(name: str, data: Any) -> None:
    """Refuses what is neither `(x, y)` nor a data set that can be read again.

    Args:
        name: `"train"`, `"val"` or `"test"`.
        data: What was given for it; for `"train"` also a function.

    Raises:
        ValueError: Says what was expected.
    """
    if isinstance(data, tuple) or (name == "train" and callable(data)):
        return
    is_pairs = not isinstance(data, list) or all(
        isinstance(batch, tuple | list) for batch in data
    )
    is_data_set = isinstance(data, keras.utils.PyDataset) or (
        hasattr(data, "__iter__")
        and not hasattr(data, "__next__")
        and not hasattr(data, "shape")
        and not isinstance(data, str | dict)
    )
    if not (is_data_set and is_pairs):
        raise ValueError(
            f"`{name}` must be (x, y), or a data set of (x, y) batches that "
            "can be gone through again, such as a keras.utils.PyDataset. "
            f"Received: {type(data).__name__}"
        )


def inputs_and_all_labels(data: Any, name: str) -> tuple[Any, np.ndarray]:
    """Inputs as `predict` takes them, and their labels, called `name`."""
    if isinstance(data, tuple):
        if len(data) != 2:
            raise ValueError(
                f"`{name[:-3]}` must be (x, y) or a data set. "
                f"Received: {len(data)} parts"
            )
        x, y = data
        labels = check_labels(name, y)
        check_rows(name, labels, x)
        return x, labels
    parts = _labels_of(data, name)
    labels = check_labels(name, np.concatenate(parts))
    if not name.startswith("train"):
        _check_order(name[:-3], data, parts)
    return data, labels


def is_shuffled(data: Any, again: Any) -> bool:
    """Whether the first batches of a data set are others another time.

    Args:
        data: `(x, y)`, which never is, or a data set.
        again: The same, for another pass.
    """
    if isinstance(data, tuple):
        return False
    first, second = (_labels_of(x, "train", LOOKED_AT) for x in (data, again))
    return not all(map(np.array_equal, first, second))


def _labels_of(data: Any, name: str, most: int | None = None) -> list[Any]:
    """Labels of each batch, or of so many, called `name`."""
    batches = all_batches(data, drops_weights=not name.startswith("train"))
    return [
        np.asarray(y, "float64").reshape(-1)
        for _, y in itertools.islice(batches, most)
    ]


def _check_order(name: str, data: Any, parts: list[Any]) -> None:
    """Refuses a data set that is shuffled anew, by its first batches.

    Labels and predictions are of two passes.
    """
    again = _labels_of(data, name, LOOKED_AT)
    if not all(map(np.array_equal, parts, again)):
        raise ValueError(
            f"`{name}` must come in the same order each time: predictions are "
            "compared with labels that were read before. Received: a data set "
            "that is shuffled"
        )
