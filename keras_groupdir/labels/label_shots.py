"""Many-, median- and few-shot labels."""

import numpy as np

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.shot_bins import ShotBins
from keras_groupdir.types import ArrayLike


def label_shots(
    labels: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups | None = None,
    many_above: float | None = None,
    few_below: float | None = None,
    relative_shots: bool = False,
) -> np.ndarray:
    """Whether each label is in a many-, median- or few-shot bin.

    A bin is many-shot with more than `many_above` training labels, few-shot
    with fewer than `few_below` (none included), and median-shot between. The
    benchmark list of STS-B-DIR is reproduced by `few_below=30`.

    Counts say little of a set that is much smaller or larger than the
    benchmarks, or has other bins. With `relative_shots` both thresholds are
    multiples of the mean count of the bins that have training labels at all;
    the 100 and 20 of AgeDB-DIR are 0.82 and 0.16 of it, those of STS-B-DIR
    0.95 and 0.19.

    Args:
        labels: Labels to look up, of the test set, say. Shape `(n,)`.
        train_labels: Labels to count. Shape `(m,)`.
        bins: Bins of the histogram. Defaults to
            `LabelGroups.histogram(train_labels)`.
        many_above: Defaults to `100`, or to `1.0` if relative.
        few_below: Defaults to `20`, or to `0.2` if relative.
        relative_shots: Whether the thresholds are multiples of the mean count
            of a bin that is not empty. Defaults to `False`.

    Returns:
        `"many"`, `"median"` or `"few"` per label. Shape `(n,)`.

    Raises:
        ValueError: If the thresholds leave no room for a median shot.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 3, width=1)
    >>> train = [0] * 101 + [1] * 20
    >>> label_shots([0, 1, 2], train, bins).tolist()
    ['many', 'median', 'few']
    >>> train = [0] * 9 + [1] * 5 + [2]  # a mean count of 5
    >>> label_shots([0, 1, 2], train, bins, relative_shots=True).tolist()
    ['many', 'median', 'median']

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    counted = ShotBins.of(
        train_labels, bins, many_above, few_below, relative_shots
    )
    return counted.shots(labels)
