"""Quantiles of the smoothed density of the labels, as a short table."""

from statistics import NormalDist

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.kernel_density_weights import silverman_bandwidth
from keras_groupdir.types import ArrayLike

# The bell of a label stands as so many points of equal mass.
POINTS = 33
# More labels than this are taken as so many quantiles of theirs, which are
# closer to each other than those of any batch.
MOST_LABELS = 10_000


def label_quantiles(
    train_labels: ArrayLike,
    num_quantiles: int = 129,
    bandwidth: float | None = None,
) -> np.ndarray:
    """Quantiles of a kernel density estimate of the training labels.

    Entry `k` of `n` is the quantile at

    ```
    sin(pi / 2 * k / (n - 1))**2
    ```

    so that the ends, where labels are rare, have more entries than the middle:
    of 129, the first two are 0.00015 apart, the middle ones 0.012. The density
    is cut off at the smallest and the largest label.

    Args:
        train_labels: Labels to count. Shape `(n,)` or `(n, 1)`.
        num_quantiles: Entries of the table, at least 3. Defaults to `129`.
        bandwidth: Positive width of the Gaussian kernel, in label units.
            Defaults to that of `silverman_bandwidth`.

    Returns:
        Labels that do not fall. Shape `(num_quantiles,)`.

    Examples:

    >>> label_quantiles([1.0, 2.0, 9.0], 3, bandwidth=0.1).round(1).tolist()
    [1.0, 2.0, 9.0]
    """
    labels = check_labels("train_labels", train_labels)
    num_quantiles = check_whole("num_quantiles", num_quantiles, at_least=3)
    if bandwidth is None:
        bandwidth = silverman_bandwidth(labels)
    bandwidth = check_positive("bandwidth", bandwidth)
    low, high = labels.min(), labels.max()
    if len(labels) > MOST_LABELS:
        shares = (np.arange(MOST_LABELS) + 0.5) / MOST_LABELS
        labels = np.quantile(labels, shares)
    offsets = [
        NormalDist().inv_cdf((point + 0.5) / POINTS) for point in range(POINTS)
    ]
    smoothed = labels[:, None] + bandwidth * np.array(offsets)
    place = np.arange(num_quantiles) / (num_quantiles - 1)
    # A sine may round to a little above 1.
    shares = np.minimum(np.sin(np.pi / 2 * place) ** 2, 1.0)
    return np.quantile(np.clip(smoothed, low, high), shares)
