"""CISIR: weights of bins that fall with density along a chosen curve."""

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.kernel_density_weights import kernel_density
from keras_groupdir.types import ArrayLike

# Of a weight, before the mean is made 1. The most common label has a weight of
# 0 by the formula, and what weighs nothing is not learned at all.
SMALLEST = 0.01


def involution_weights(
    train_labels: ArrayLike, bins: LabelGroups, alpha: float = 1.0
) -> np.ndarray:
    """One weight for each bin, from the density in its middle.

    With `p` the `kernel_density` of the training labels at the centers of bins
    over the largest of these,

    ```
    weight = max((1 - p**alpha)**(1 / alpha), 0.01)
    ```

    scaled to a mean of 1 over the training labels. The curve bends inward for
    `alpha` below 1 (few labels are rare), outward above it (few are common),
    and is a straight line at 1. (The 0.01 is of this library, for the bin of
    the most common label; the published code adds a small number to the
    largest density instead, which is 0 again for a small unit of labels.)

    Args:
        train_labels: Labels to count. Shape `(n,)` or `(n, 1)`.
        bins: Bins of the label range, from `LabelGroups.histogram`.
        alpha: Positive float. Defaults to `1.0`.

    Returns:
        Positive weights. Shape `(num_bins,)`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 3, width=1)
    >>> weights = involution_weights([0.5, 0.5, 0.6, 0.6, 2.5], bins)
    >>> bool(weights[0] < weights[2] <= weights[1])
    True

    Reference:
    - [Moukpe et al., 2025](https://arxiv.org/abs/2509.16339), MDI importance.
    """
    alpha = check_positive("alpha", alpha)
    labels = check_labels("train_labels", train_labels)
    bins = check_groups(bins, "bins")
    density = kernel_density(labels, bins.centers)
    # No label may lie near the center of any bin.
    highest = density.max() or 1.0
    weights = (1 - (density / highest) ** alpha) ** (1 / alpha)
    weights = np.maximum(weights, SMALLEST)
    return weights / weights[bins.assign(labels)].mean()
