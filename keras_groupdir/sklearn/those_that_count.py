"""Samples that have a weight."""

import numpy as np

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_rows
from keras_groupdir.types import ArrayLike


def those_that_count(
    x: np.ndarray, labels: np.ndarray, sample_weight: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Samples that count, and what they do, as multiples of their mean."""
    weights = check_counts("sample_weight", sample_weight)
    check_rows("sample_weight", weights, x)
    counts = weights > 0
    if counts.sum() < 2:
        raise ValueError(
            "`sample_weight` must not be zero but for 2 samples or more. "
            f"Received: {counts.sum()} weights above zero"
        )
    weights = weights[counts]
    return x[counts], labels[counts], weights / weights.mean()
