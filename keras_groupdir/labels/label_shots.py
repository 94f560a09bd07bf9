"""Many-, median- and few-shot labels."""

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_number
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.groups import check_groups
from keras_groupdir.types import ArrayLike

SHOTS = ("many", "median", "few")


def label_shots(
    labels: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups,
    many_above: int = 100,
    few_below: int = 20,
) -> np.ndarray:
    """Whether each label is in a many-, median- or few-shot bin.

    A bin is many-shot with more than `many_above` training labels, few-shot
    with fewer than `few_below` (none included), and median-shot between. The
    benchmark list of STS-B-DIR is reproduced by `few_below=30`.

    Args:
        labels: Labels to look up, of the test set, say. Shape `(n,)`.
        train_labels: Labels to count. Shape `(m,)`.
        bins: Bins of the histogram, from `LabelGroups.histogram`.
        many_above: Defaults to `100`.
        few_below: Defaults to `20`.

    Returns:
        `"many"`, `"median"` or `"few"` per label. Shape `(n,)`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 3, width=1)
    >>> train = [0] * 101 + [1] * 20
    >>> label_shots([0, 1, 2], train, bins).tolist()
    ['many', 'median', 'few']

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    check_shots(many_above, few_below)
    train_labels = check_labels("train_labels", train_labels)
    counts = check_groups(bins, "bins").counts(train_labels)
    counts = counts[bins.assign(labels)]
    return np.select(
        [counts > many_above, counts < few_below], ["many", "few"], "median"
    )


def check_shots(many_above: float, few_below: float) -> None:
    """Refuses counts between which there is no median shot."""
    many_above = check_number("many_above", many_above)
    if not 0 <= check_number("few_below", few_below) <= many_above:
        raise ValueError(
            "`few_below` must lie between 0 and `many_above`. Received: "
            f"few_below={few_below}, many_above={many_above}"
        )
