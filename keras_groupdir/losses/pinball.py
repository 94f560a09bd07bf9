"""Pinball: the loss of several quantiles at once."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import group_columns
from keras_groupdir._numerics import plain_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_quantiles
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor


def pinball(
    labels: Tensor,
    predicted_quantiles: Tensor,
    quantiles: Sequence[float],
    scale: float = 1.0,
) -> Tensor:
    """Mean over quantiles of their tilted absolute errors.

    With `f_iq` the prediction of quantile `q`, and `e_iq = y_i - f_iq`,

    ```
    loss_i = mean_q (q * max(e_iq, 0) + (1 - q) * max(-e_iq, 0)) / scale
    ```

    It is least where a share `q` of labels lies below `f_q`. Of the median it
    is half the absolute error.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        predicted_quantiles: In label units. Shape `(batch, num_quantiles)`.
        quantiles: Rising, between 0 and 1. Shape `(num_quantiles,)`.
        scale: Positive float, in label units. Defaults to `1.0`.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> loss = pinball([10.0], [[8.0, 14.0]], quantiles=[0.1, 0.9])
    >>> round(float(loss[0]), 4)  # (0.1 * 2 + 0.1 * 4) / 2
    0.3

    Reference:
    - [Koenker and Bassett, 1978](https://doi.org/10.2307/1913643)
    """
    levels = check_quantiles("quantiles", quantiles)
    scale = check_positive("scale", scale)
    labels = plain_labels(labels, predicted_quantiles)
    outputs = group_columns(
        predicted_quantiles, len(levels), "predicted_quantiles", "quantile"
    )
    error = (labels[:, None] - outputs) / scale
    level = ops.convert_to_tensor(levels, dtype="float32")
    tilted = ops.maximum(level * error, (level - 1) * error)
    return ops.mean(tilted, axis=-1)


@keras.saving.register_keras_serializable(package="keras_groupdir")
class Pinball(LabelLoss):
    """Loss of several quantiles at once: quantile regression.

    Takes the float label and an output with a column for each quantile, such
    as that of `layers.QuantileHead`; see `pinball` for the formula.

    Args:
        quantiles: Rising, between 0 and 1. Shape `(num_quantiles,)`.
        scale: Positive float, in label units. Defaults to `1.0`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = Pinball([0.05, 0.5, 0.95])
    >>> around = loss([30.0], [[25.0, 30.0, 35.0]])
    >>> beside = loss([30.0], [[35.0, 40.0, 45.0]])
    >>> bool(around < beside)
    True

    Reference:
    - [Koenker and Bassett, 1978](https://doi.org/10.2307/1913643)
    """

    def __init__(
        self,
        quantiles: Sequence[float],
        scale: float = 1.0,
        name: str = "pinball",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.quantiles = list(check_quantiles("quantiles", quantiles))
        self.scale = check_positive("scale", scale)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return pinball(y_true, y_pred, self.quantiles, self.scale)
