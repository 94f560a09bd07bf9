"""Embeddings of all samples, with their labels."""

from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.recipes.weighted_batches import inputs_and_labels


def embedded(
    encoder: keras.Model, x: Any, y: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """Computes the embeddings of arrays or of a data set.

    Args:
        encoder: From inputs to `(batch, features)`.
        x: Inputs, or a finite `keras.utils.PyDataset` of `(x, y)` batches. If
            it has an attribute `plain`, that is what is embedded: `(x, y)`
            arrays of the samples that its batches change at random.
        y: Labels, if `x` is no data set. Shape `(n,)` or `(n, 1)`.

    Returns:
        Embeddings, shape `(n, features)`, and labels, shape `(n,)`.
    """
    if y is not None:
        return encoder.predict(x, verbose=0), check_labels("y", y)
    if hasattr(x, "plain"):
        return embedded(encoder, *x.plain)
    if not isinstance(x, keras.utils.PyDataset):
        raise ValueError(
            "`x` must be arrays, with `y`, or a keras.utils.PyDataset. "
            f"Received: {type(x).__name__}"
        )
    features, labels = [], []
    for index in range(len(x)):
        inputs, targets = inputs_and_labels(x[index])
        features.append(encoder.predict_on_batch(inputs))
        labels.append(np.asarray(targets, "float64").reshape(-1))
    return np.concatenate(features), np.concatenate(labels)
