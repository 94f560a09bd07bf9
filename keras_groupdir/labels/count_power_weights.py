"""Weights of bins that fall with a power of their counts."""

import numpy as np

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_not_negative
from keras_groupdir.types import ArrayLike


def count_power_weights(counts: ArrayLike, power: float = 1.0) -> np.ndarray:
    """One weight for each bin, `count**-power`, scaled.

    Their mean is 1 over the labels that were counted. Bins without labels weigh
    like a bin with one. With a power of 1 all bins count alike, with 0 all
    labels.

    Args:
        counts: Training labels in each bin, `bins.counts(train_labels)`, or
            smoothed ones. Shape `(num_bins,)`.
        power: At least 0. Defaults to `1.0`.

    Returns:
        Positive weights. Shape `(num_bins,)`.

    Examples:

    >>> count_power_weights([9, 1, 0]).round(3).tolist()
    [0.556, 5.0, 5.0]
    """
    power = check_not_negative("power", power)
    size = len(check_counts("counts", counts))
    # Of a known size, they are checked not to be all 0.
    counts = check_counts("counts", counts, size)
    weights = np.maximum(counts, 1.0) ** -power
    return weights / np.average(weights, weights=counts)
