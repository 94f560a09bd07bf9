"""Means of values over bins of their labels."""

import numpy as np

from keras_groupdir.checks import check_whole
from keras_groupdir.labels.groups import LabelGroups


def bin_means(
    labels: np.ndarray, values: np.ndarray, bins: LabelGroups, window: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Middles of the bins that have values, and the means of these.

    Args:
        labels: Labels. Shape `(n,)`.
        values: Errors, say. Shape `(n,)`.
        bins: Bins of labels.
        window: Odd number of bins, around each, whose values count for it.

    Raises:
        ValueError: If `window` is not odd.

    Examples:

    >>> labels, errors = np.array([1, 1, 3]), np.array([2.0, 4.0, 9.0])
    >>> bins = LabelGroups.equal_width(0, 6, num_groups=6)
    >>> print(*bin_means(labels, errors, bins))
    [1.5 3.5] [3. 9.]
    >>> print(*bin_means(labels, errors, bins, window=3))
    [0.5 1.5 2.5 3.5 4.5] [3. 3. 5. 9. 9.]
    """
    if check_whole("window", window, at_least=1) % 2 == 0:
        raise ValueError(f"`window` must be odd. Received: window={window}")
    ids = bins.assign(labels)
    # Neighbors that the first and last bins do not have hold nothing.
    total, count = (
        np.convolve(
            np.pad(np.bincount(ids, weights, bins.num_groups), window // 2),
            np.ones(window),
            "valid",
        )
        for weights in (values, None)
    )
    seen = count > 0
    return bins.centers[seen], total[seen] / count[seen]
