"""Samples a batch at a time, for callbacks that predict."""

import itertools
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.callbacks.plain_inputs import plain_inputs


def batches_of(
    x: Any,
    labels: np.ndarray | None,
    batch_size: int,
    steps: int | None = None,
) -> Iterator[tuple[Any, np.ndarray]]:
    """Inputs as a model takes them, and labels, float64, shape `(batch,)`.

    Args:
        x: Inputs; or, without `labels`, a data set of `(x, y)` batches, whose
            `y` may go by the name of the output and have weights beside it.
        labels: Shape `(n,)`, or `None`.
        batch_size: Of arrays.
        steps: Batches of a data set; `None` for all.
    """
    if labels is not None:
        for start in range(0, len(labels), batch_size):
            rows = slice(start, start + batch_size)
            part = keras.tree.map_structure(
                lambda array, rows=rows: array[rows], x
            )
            yield plain_inputs(part), labels[rows]
        return
    batches = x
    if isinstance(x, keras.utils.PyDataset):
        # It need not raise at its end, so it is not iterated over.
        known = [n for n in (x.num_batches, steps) if n is not None]
        batches = (x[i] for i in range(min(known)))
    for batch in itertools.islice(batches, steps):
        inputs, y, _ = keras.utils.unpack_x_y_sample_weight(batch)
        if isinstance(y, dict):
            y = y["prediction"]
        y = ops.convert_to_numpy(y) if ops.is_tensor(y) else y
        yield plain_inputs(inputs), np.asarray(y, "float64").reshape(-1)


def says_its_end(x: Any) -> bool:
    """Whether a data set knows of how many batches it is."""
    if isinstance(x, keras.utils.PyDataset):
        return x.num_batches is not None
    try:
        return len(x) >= 0
    except TypeError:  # endless, or such as a tf.data.Dataset with a filter
        return False


def is_endless(x: Any) -> bool:
    """Whether a data set says that it has no end."""
    if isinstance(x, keras.utils.PyDataset):
        return x.num_batches is None
    # tf.data's INFINITE_CARDINALITY, without TensorFlow.
    return hasattr(x, "cardinality") and int(x.cardinality()) == -1
