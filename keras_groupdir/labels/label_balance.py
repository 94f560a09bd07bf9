"""How even labels are beside those of training."""

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.types import ArrayLike

# Halvings of the range that the balance is searched in.
_STEPS = 40


def label_balance(
    labels: ArrayLike, train_labels: ArrayLike, bins: LabelGroups
) -> float:
    """How even labels are, from 0, as training labels, to 1, all bins alike.

    The `b` that makes the labels most likely if they come from bin `i`, which
    holds `n_i` training labels, with a probability in proportion to

    ```
    n_i^(1 - b),  0 <= b <= 1
    ```

    There the mean of `log n_i` over the labels is what these probabilities
    expect. One number for all bins can be told from a few labels, where the
    share of each bin cannot.

    Args:
        labels: Shape `(m,)` or `(m, 1)`.
        train_labels: Training labels. Shape `(n,)` or `(n, 1)`.
        bins: Bins of the histogram, from `LabelGroups.histogram`. Those without
            training labels do not count.

    Returns:
        The balance; 0 if all bins hold the same, or no label is in one.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 2, width=1)
    >>> skewed = [0.5] * 9 + [1.5]
    >>> label_balance(skewed, skewed, bins)
    0.0
    >>> label_balance([0.5, 1.5], skewed, bins)
    1.0
    >>> round(label_balance([0.5] * 3 + [1.5], skewed, bins), 3)
    0.5
    """
    bins = check_groups(bins, "bins")
    counts = bins.counts(check_labels("train_labels", train_labels))
    found = bins.counts(check_labels("labels", labels))[counts > 0]
    logs = np.log(counts[counts > 0])
    if not found.sum() or np.ptp(logs) == 0:
        return 0.0
    wanted = np.average(logs, weights=found)

    def expected(balance: float) -> float:
        power = (1 - balance) * (logs - logs.max())
        return float(np.average(logs, weights=np.exp(power)))

    # What is expected falls with the balance.
    if wanted >= expected(0.0):
        return 0.0
    if wanted <= expected(1.0):
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if expected(middle) > wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2
