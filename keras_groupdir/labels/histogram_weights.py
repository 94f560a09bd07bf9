"""Sample weights from the histogram of the training labels."""

import numpy as np

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_clip
from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.smoothed_density import smoothed_density
from keras_groupdir.types import ArrayLike

# Powers of a count that weights fall with.
_POWERS = {"inverse": 1.0, "sqrt_inverse": 0.5, "fourth_root_inverse": 0.25}
REWEIGHTS = tuple(_POWERS)


def histogram_weights(
    train_labels: ArrayLike,
    bins: LabelGroups,
    reweight: str = "sqrt_inverse",
    clip: tuple[float, float] | None = None,
    kernel: str | None = None,
    kernel_size: int = 5,
    sigma: float = 2.0,
    labels: ArrayLike | None = None,
) -> np.ndarray:
    """Sample weights that fall with the density of the label.

    The counts of the bins are clipped, their root is taken for
    `"sqrt_inverse"` and `"fourth_root_inverse"`, they are smoothed if there is
    a kernel (LDS), and inverted. Weights are scaled to a mean of 1 over the
    training labels. The ages benchmarks use
    `"sqrt_inverse"`, or `"inverse"` with `clip=(5, 1000)`; STS-B-DIR uses
    `"inverse"`; both `kernel="gaussian"`, size 5, sigma 2 for LDS. (Published
    code smooths the whole numbers of `"inverse"` as such, which cuts off what
    is behind the point: up to 3.6% of a weight on AgeDB-DIR.)

    Args:
        train_labels: Labels to count. Shape `(n,)` or `(n, 1)`.
        bins: Bins of the histogram, from `LabelGroups.histogram`.
        reweight: `"inverse"`, `"sqrt_inverse"`, or `"fourth_root_inverse"`,
            which is ours: where counts differ a thousandfold, the others take
            too much from what is common. Defaults to `"sqrt_inverse"`.
        clip: Smallest and largest count, positive, or `None`. Defaults to
            `None`.
        kernel: LDS window, see `smoothing_kernel`, or `None` for none.
            Defaults to `None`.
        kernel_size: See `smoothing_kernel`.
        sigma: See `smoothing_kernel`.
        labels: Labels to weigh, if not the training labels themselves. A bin
            without training labels weighs like a bin with one. Shape `(m,)`.

    Returns:
        Weights for `sample_weight`. Shape `(n,)`, or `(m,)` with `labels`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 2, width=1)
    >>> histogram_weights([0, 0, 0, 1], bins, reweight="inverse").round(3)
    array([0.667, 0.667, 0.667, 2.   ])

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    check_choice("reweight", reweight, REWEIGHTS)
    train_labels = check_labels("train_labels", train_labels)
    bins = check_groups(bins, "bins")
    counts = bins.counts(train_labels).astype("float64")
    if clip is not None:
        counts = np.clip(counts, *check_clip("clip", clip))
    counts = counts ** _POWERS[reweight]
    if kernel is not None:
        counts = smoothed_density(counts, kernel, kernel_size, sigma)
    # What a narrow window leaves of neighbors is less than one label.
    is_empty = bins.counts(train_labels) == 0
    counts = np.where(is_empty, np.maximum(counts, 1.0), counts)
    weights = 1 / counts
    mean = weights[bins.assign(train_labels)].mean()
    wanted = train_labels if labels is None else labels
    return weights[bins.assign(wanted)] / mean
