"""Likelihood of a label under a Laplace distribution, weighed by rarity."""

import math
from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import plain_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.bin_weights import check_bin_weights
from keras_groupdir.losses.bin_weights import weights_of_labels
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor

# A log scale beyond this counts as this: with labels of up to 1e12, say, an
# error over the scale is still a float32.
FARTHEST = 60.0


def laplace_likelihood(labels: Tensor, laplace: Tensor) -> Tensor:
    """Minus the log likelihood of a label under a Laplace distribution.

    With `m_i` the mean and `b_i` the scale, which is the mean of `|y_i - m_i|`
    that is expected,

    ```
    loss_i = |y_i - m_i| / b_i + log(2 b_i)
    ```

    It is a density: the log of the label's unit is in it, and it is negative
    where labels are met closely. Its gradient by the mean is the sign of the
    error over the scale, whatever the unit.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        laplace: Mean and log of the scale, in label units; a log beyond 60
            counts as 60. Shape `(batch, 2)`.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> loss = laplace_likelihood([3.0], [[5.0, 0.0]])
    >>> round(float(loss[0]), 4)  # 2 + log(2)
    2.6931
    """
    labels = plain_labels(labels, laplace)
    laplace = ops.cast(ops.convert_to_tensor(laplace), "float32")
    if len(laplace.shape) != 2 or laplace.shape[1] != 2:
        raise ValueError(
            "`laplace` must have shape (batch, 2): mean and log of the scale. "
            f"Received: shape {tuple(laplace.shape)}"
        )
    log_scale = ops.clip(laplace[:, 1], -FARTHEST, FARTHEST)
    error = ops.abs(labels - laplace[:, 0])
    return error * ops.exp(-log_scale) + log_scale + math.log(2)


@keras.saving.register_keras_serializable(package="keras_groupdir")
class LaplaceLikelihood(LabelLoss):
    """Likelihood under a Laplace distribution, with a weight for each bin.

    Takes the float label and the mean and log of the scale, as a head of
    `layers.LaplaceVotes` gives them; see `laplace_likelihood` for the formula.
    The weights are of the loss, so that several outputs can each have their
    own; `sample_weight` counts besides.

    Args:
        bins: Bins of the label range, or `None` for no weights. Defaults to
            `None`.
        bin_weights: Positive weight of each bin, as from
            `labels.count_power_weights`. Shape `(num_bins,)`. Defaults to
            `None`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = LaplaceLikelihood()
    >>> sure, unsure = [[31.0, 0.0]], [[31.0, 3.0]]
    >>> [bool(loss([y], sure) < loss([y], unsure)) for y in (30.0, 90.0)]
    [True, False]

    Reference:
    - [Jiang et al., 2024](https://arxiv.org/abs/2305.15178), UVOTE.
    """

    def __init__(
        self,
        bins: LabelGroups | None = None,
        bin_weights: ArrayLike | None = None,
        name: str = "laplace_likelihood",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        if (bins is None) != (bin_weights is None):
            raise ValueError(
                "`bins` and `bin_weights` must be given together, or neither. "
                f"Received: bins={bins!r}, bin_weights={bin_weights!r}"
            )
        self.bins, self.bin_weights = None, None
        if bins is not None and bin_weights is not None:
            self.bins = check_groups(bins, "bins")
            weights = check_bin_weights(bin_weights, self.bins)
            self.bin_weights = weights.tolist()

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        loss = laplace_likelihood(y_true, y_pred)
        if self.bins is None:
            return loss
        return loss * weights_of_labels(y_true, self.bins, self.bin_weights)
