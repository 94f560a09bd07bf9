"""The plain error of a prediction, the same whatever the label's unit."""

from typing import Any

import keras

from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import sized_error
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor

ERRORS = ("squared", "absolute", "huber")


@keras.saving.register_keras_serializable(package="keras_groupdir")
class ScaledError(LabelLoss):
    """Error of a prediction, as that of labels whose range is 1.

    ```
    e_i = (y_i - prediction_i) / scale
    loss_i = e_i**2
    ```

    With the width of the label range as `scale`, the loss has the same size
    for ages, scores and prices, and so has its weight beside other losses.

    Args:
        scale: Positive float, in label units.
        error: `"squared"`, `"absolute"` (`|e|`) or `"huber"` (`e**2 / 2` up to
            `delta`, `delta * (|e| - delta / 2)` beyond). Defaults to
            `"absolute"`.
        delta: Positive float, for `"huber"`, in units of `scale`. Defaults to
            `0.1`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = ScaledError(scale=100.0)
    >>> round(float(loss([30.0], [[40.0]])), 4)
    0.1
    """

    def __init__(
        self,
        scale: float,
        error: str = "absolute",
        delta: float = 0.1,
        name: str = "scaled_error",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.scale = check_positive("scale", scale)
        self.error = check_choice("error", error, ERRORS)
        self.delta = check_positive("delta", delta)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        label = plain_labels(y_true, y_pred)
        value = plain_labels(y_pred, name="y_pred")
        return sized_error((label - value) / self.scale, self.error, self.delta)
