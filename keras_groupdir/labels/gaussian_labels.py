"""A Gaussian around each label, as shares of groups."""

import math

import numpy as np
from keras import ops

from keras_groupdir._numerics import plain_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.types import Tensor


def gaussian_labels(
    labels: Tensor, groups: LabelGroups, sigma: float = 0.75
) -> Tensor:
    """Spreads each label over the groups that a Gaussian around it covers.

    With `e` the edges of the groups, `s = sigma * span / num_groups` and `Phi`
    the distribution function of the standard normal,

    ```
    mass[i, k] = Phi((e[k + 1] - y_i) / s) - Phi((e[k] - y_i) / s)
    q[i, k] = mass[i, k] / sum_m mass[i, m]
    ```

    so that a label near an end of the range loses no mass to what lies beyond.
    Labels outside the range count as that end. A label that is NaN gives NaN.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        groups: `LabelGroups`, usually many and of one width: bins.
        sigma: Positive float. Standard deviation in widths of a group (their
            mean, if widths differ). Defaults to `0.75`.

    Returns:
        Rows that sum to 1. Shape `(batch, num_groups)`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 4, num_groups=4)
    >>> rows = gaussian_labels([0.5, 2.0], bins)
    >>> print(keras.ops.convert_to_numpy(rows).round(3))
    [[0.662 0.307 0.03  0.001]
     [0.088 0.412 0.412 0.088]]

    Reference:
    - [Imani and White, 2018](https://arxiv.org/abs/1806.04613)
    """
    groups = check_groups(groups)
    sigma = check_positive("sigma", sigma)
    labels = plain_labels(labels, name="labels")
    labels = ops.clip(labels, groups.low, groups.high)
    width = groups.span / groups.num_groups
    places = ops.convert_to_tensor(
        (groups.edges - groups.low) / width, dtype="float32"
    )
    away = places[None, :] - ((labels - groups.low) / width)[:, None]
    below = ops.erf(away / np.float32(sigma * math.sqrt(2)))
    mass = below[:, 1:] - below[:, :-1]
    return mass / (below[:, -1:] - below[:, :1])
