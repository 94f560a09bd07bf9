"""Inputs as a model takes them a batch at a time."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_rows


def plain_inputs(x: Any) -> Any:
    """What is no tensor of this backend, such as a data frame, as NumPy.

    Of a sparse matrix these rows alone are made dense.
    """
    return keras.tree.map_structure(_plain, x)


def _plain(array: Any) -> Any:
    if ops.is_tensor(array):
        return array
    return np.asarray(array.toarray() if hasattr(array, "toarray") else array)


def checked_labels(x: Any, y: Any) -> np.ndarray | None:
    """Labels, one for each sample of `x`; `None` where `x` is a data set."""
    if y is None and (x is None or hasattr(x, "shape")):
        raise ValueError(
            "`y` must be given, unless `x` is a data set of (x, y) batches. "
            f"Received: x of type {type(x).__name__} and y=None"
        )
    if y is None:
        return None
    labels = check_labels("y", y)
    check_rows("y", labels, x)
    return labels
