"""Balanced MSE, with a Gaussian mixture for the label distribution."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._numerics import log_sum_exp
from keras_groupdir._numerics import plain_labels
from keras_groupdir.checks import check_labels
from keras_groupdir.losses.balanced_loss import BalancedLoss
from keras_groupdir.losses.balanced_loss import noise_variance
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


def gaussian_mixture_integration(
    labels: Tensor,
    predictions: Tensor,
    means: ArrayLike,
    variances: ArrayLike,
    weights: ArrayLike,
    noise: Any = 1.0,
) -> Tensor:
    """Squared error, balanced by a mixture of Gaussians over labels.

    With `s` the noise, `f_i` the prediction, and `m_k`, `v_k`, `w_k` the mean,
    variance and weight of component `k`,

    ```
    loss_i = 2 s**2 * (
        (f_i - y_i)**2 / (2 s**2) + log(s**2) / 2
        + log sum_k w_k (v_k + s**2)**-0.5
            exp(-(f_i - m_k)**2 / (2 (v_k + s**2)))
    )
    ```

    The last term is the log of how common the mixture, seen through the noise,
    has it that labels are around the prediction, up to a constant; the factor
    in front keeps the size of a squared error and is not differentiated. The
    loss may be negative.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        predictions: In label units. Shape `(batch,)` or `(batch, 1)`.
        means: In label units. Shape `(components,)`.
        variances: Positive. Shape `(components,)`.
        weights: Positive, scaled to a sum of 1 here. Shape `(components,)`.
        noise: Standard deviation of a label around its prediction, in label
            units: a float, or a tensor of shape `(batch,)` to be trained. Its
            sign does not count. Defaults to `1.0`.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> prior = {"means": [1.0, 5.0], "variances": [0.5, 0.5]}
    >>> loss = gaussian_mixture_integration(
    ...     [3.0, 3.0], [2.5, 3.5], **prior, weights=[0.9, 0.1]
    ... )
    >>> bool(loss[1] < loss[0])  # as near, and away from the common label
    True

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427)
    """
    labels = plain_labels(labels, predictions)
    predictions = plain_labels(predictions, name="predictions")
    variance = noise_variance(noise)
    means, variances, weights = _check_mixture(means, variances, weights)
    log_weights = ops.convert_to_tensor(
        np.log(weights / weights.sum()), dtype="float32"
    )
    means = ops.convert_to_tensor(means, dtype="float32")
    variances = ops.convert_to_tensor(variances, dtype="float32")

    # Both are (batch, components).
    spread = variances[None, :] + ops.reshape(variance, (-1, 1))
    offset = ops.square(predictions[:, None] - means[None, :])
    log_common = log_sum_exp(
        log_weights[None, :] - 0.5 * (ops.log(spread) + offset / spread)
    )
    own = ops.square(predictions - labels) / (2 * variance)
    loss = own + 0.5 * ops.log(variance) + log_common
    return ops.stop_gradient(2 * variance) * loss


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GaussianMixtureIntegration(BalancedLoss):
    """Balanced MSE over a Gaussian mixture of the training labels (GAI).

    Takes the float label and the prediction; see
    `gaussian_mixture_integration` for the formula. The mixture is fitted by
    `label_mixture.fit_label_mixture`, whose result is the first three
    arguments. To train the noise, give it the output of `layers.NoiseScale`.

    Args:
        means: In label units. Shape `(components,)`.
        variances: Positive. Shape `(components,)`.
        weights: Positive, of any sum. Shape `(components,)`.
        noise: Positive float, in label units, if the output does not bring its
            own. Defaults to `1.0`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> from keras_groupdir.labels.label_mixture import fit_label_mixture
    >>> mixture = fit_label_mixture([0, 1, 1, 1, 2, 8, 9, 10], 2)
    >>> loss = GaussianMixtureIntegration(*mixture, noise=0.5)
    >>> loss([1.0, 9.0], [[1.5], [8.5]]).shape == ()
    True

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427)
    """

    def __init__(
        self,
        means: ArrayLike,
        variances: ArrayLike,
        weights: ArrayLike,
        noise: float = 1.0,
        name: str = "gaussian_mixture_integration",
        **kwargs: Any,
    ) -> None:
        super().__init__(noise, name=name, **kwargs)
        self.means, self.variances, self.weights = (
            part.tolist() for part in _check_mixture(means, variances, weights)
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        predictions, noise = self.prediction_and_noise(y_pred)
        return gaussian_mixture_integration(
            y_true, predictions, self.means, self.variances, self.weights, noise
        )


def _check_mixture(
    means: ArrayLike, variances: ArrayLike, weights: ArrayLike
) -> list[np.ndarray]:
    given = {"means": means, "variances": variances, "weights": weights}
    parts = {name: check_labels(name, one) for name, one in given.items()}
    sizes = [len(part) for part in parts.values()]
    if len(set(sizes)) > 1:
        raise ValueError(
            "`means`, `variances` and `weights` must have one number per "
            f"component. Received: {sizes} numbers"
        )
    for name in ("variances", "weights"):
        if parts[name].min() <= 0:
            raise ValueError(
                f"`{name}` must be positive. "
                f"Received: {name}={parts[name].tolist()}"
            )
    return list(parts.values())
