"""Whether a data set comes in the order of labels that were read before."""

from typing import Any

import keras
import numpy as np
from keras import ops


def check_order(x: Any, labels: np.ndarray) -> None:
    """Refuses a data set whose first batch has other labels than the first.

    Predictions are of a pass of their own: with a data set that is shuffled
    anew they would be compared with the labels of other samples, in silence.

    Args:
        x: What `predict` is about to go through. Arrays pass, and so does a
            data set that has no labels of its own, or none like these.
        labels: Of all of it. Shape `(n,)`.

    Raises:
        ValueError: If the labels differ.
    """
    own = _first_labels(x)
    if own is None or own.shape not in ((len(own),), (len(own), 1)):
        return
    own = own.reshape(-1).astype("float32")
    given = labels[: len(own)].astype("float32")
    if not np.array_equal(own, given, equal_nan=True):
        raise ValueError(
            "`y` must be the labels of `x` in their order, which a data set "
            "must keep, and not be shuffled anew each time. "
            f"Received: y starts with {given[:3].tolist()}, and `x` with "
            f"{own[:3].tolist()}"
        )


def _first_labels(x: Any) -> np.ndarray | None:
    """Labels of the first batch as it has them, `None` without any."""
    batch = _first_batch(x)
    if not isinstance(batch, tuple | list) or len(batch) < 2:
        return None
    labels = batch[1]
    if isinstance(labels, dict):
        labels = labels.get("prediction")
    if ops.is_tensor(labels):
        labels = ops.convert_to_numpy(labels)
    labels = np.asarray(labels)
    return labels if labels.ndim and labels.dtype.kind in "iuf" else None


def _first_batch(x: Any) -> Any:
    if isinstance(x, keras.utils.PyDataset):
        return x[0]
    is_data_set = (
        hasattr(x, "__iter__")
        # Gone through once, it would miss what was looked at.
        and not hasattr(x, "__next__")
        and not hasattr(x, "shape")
        and not isinstance(x, dict | list | tuple | str)
    )
    return next(iter(x), None) if is_data_set else None
