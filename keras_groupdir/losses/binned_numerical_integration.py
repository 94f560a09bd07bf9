"""Balanced MSE, with a histogram for the label distribution."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._numerics import log_sum_exp
from keras_groupdir._numerics import plain_labels
from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.balanced_loss import BalancedLoss
from keras_groupdir.losses.balanced_loss import noise_variance
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


def binned_numerical_integration(
    labels: Tensor,
    predictions: Tensor,
    centers: ArrayLike,
    counts: ArrayLike,
    noise: Any = 1.0,
) -> Tensor:
    """Squared error, balanced by a histogram of labels.

    With `s` the noise, `f_i` the prediction, and `c_b` and `p_b` the center of
    bin `b` and its share of the training labels,

    ```
    loss_i = 2 s**2 * (
        (f_i - y_i)**2 / (2 s**2)
        + log sum_b p_b exp(-(f_i - c_b)**2 / (2 s**2))
    )
    ```

    The factor in front keeps the size of a squared error and is not
    differentiated. The loss is negative where a prediction is near its label
    and away from common ones. Bins without labels are left out.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        predictions: In label units. Shape `(batch,)` or `(batch, 1)`.
        centers: Middle of each bin. Shape `(num_bins,)`.
        counts: Training labels in each bin. Shape `(num_bins,)`.
        noise: Standard deviation of a label around its prediction, in label
            units: a float, or a tensor of shape `(batch,)` to be trained. Its
            sign does not count. Defaults to `1.0`.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> loss = binned_numerical_integration(
    ...     [3.0], [3.0], centers=[1.0, 5.0], counts=[3, 1]
    ... )
    >>> round(float(loss[0]), 3)  # 2 * log(exp(-2**2 / 2))
    -4.0

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427)
    """
    labels = plain_labels(labels, predictions)
    predictions = plain_labels(predictions, name="predictions")
    doubled = 2 * noise_variance(noise)
    centers = check_labels("centers", centers)
    counts = check_counts("counts", counts, len(centers))
    is_some = counts > 0
    centers = ops.convert_to_tensor(centers[is_some], dtype="float32")
    log_shares = ops.convert_to_tensor(
        np.log(counts[is_some] / counts.sum()), dtype="float32"
    )

    # (f - y)**2 - (f - center)**2 as a product, which keeps its digits. Shape
    # (batch, bins).
    apart = centers[None, :] - labels[:, None]
    twice = 2 * predictions[:, None] - labels[:, None] - centers[None, :]
    logits = apart * (twice / ops.reshape(doubled, (-1, 1)))
    log_ratio = log_sum_exp(log_shares[None, :] + logits)
    return ops.stop_gradient(doubled) * log_ratio


@keras.saving.register_keras_serializable(package="keras_groupdir")
class BinnedNumericalIntegration(BalancedLoss):
    """Balanced MSE over a histogram of the training labels (BNI).

    Takes the float label and the prediction; see
    `binned_numerical_integration` for the formula. To train the noise, give it
    the output of `layers.NoiseScale`.

    Each bin stands at both of its edges, with half of its labels. At centers,
    as published, the loss of a label beyond the last center would fall without
    end as the prediction moves away. (Published bins are whole years, with
    every label on a center: for whole numbers from 0 to 120 take
    `LabelGroups.equal_width(-0.5, 120.5, width=1)`, not `(0, 121)`, where they
    lie on the left edges.)

    Args:
        bins: Bins of the histogram, from `LabelGroups.histogram`.
        counts: Training labels in each, `bins.counts(train_labels)`, or
            smoothed ones. Shape `(num_bins,)`.
        noise: Positive float, in label units, if the output does not bring its
            own. Defaults to `1.0`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 3, width=1)
    >>> loss = BinnedNumericalIntegration(bins, bins.counts([0.5, 0.7, 2.9]))
    >>> loss([0.5, 2.9], [[0.5], [2.9]]).shape == ()
    True

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427)
    """

    def __init__(
        self,
        bins: LabelGroups,
        counts: ArrayLike,
        noise: float = 1.0,
        name: str = "binned_numerical_integration",
        **kwargs: Any,
    ) -> None:
        super().__init__(noise, name=name, **kwargs)
        self.bins = check_groups(bins, "bins")
        self.counts = check_counts(
            "counts", counts, self.bins.num_groups
        ).tolist()

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        predictions, noise = self.prediction_and_noise(y_pred)
        edges = self.bins.edges
        return binned_numerical_integration(
            y_true,
            predictions,
            np.concatenate([edges[:-1], edges[1:]]),
            np.concatenate([self.counts, self.counts]),
            noise,
        )
