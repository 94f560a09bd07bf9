"""FOCAL-R: regression that looks away from small errors."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import plain_labels
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor

ERRORS = ("absolute", "squared")
ACTIVATIONS = ("sigmoid", "tanh")


@keras.saving.register_keras_serializable(package="keras_groupdir")
class FocalRegression(LabelLoss):
    """Error times a factor that grows with it, from 0 to 1.

    ```
    e_i = |y_i - prediction_i| / scale
    loss_i = (2 * sigmoid(beta * e_i) - 1)**gamma * e_i**p
    ```

    with `p` 1 for `"absolute"` and 2 for `"squared"`, and `tanh(beta * e_i)` in
    place of the bracket for `activation="tanh"`. `beta` says which errors are
    small, in units of `scale`: the benchmarks use 0.2 with years and 20 with
    STS-B's scores divided by 5, squared.

    Args:
        error: `"absolute"` or `"squared"`. Defaults to `"absolute"`.
        activation: `"sigmoid"` or `"tanh"`. Defaults to `"sigmoid"`.
        beta: Positive float. Defaults to `0.2`.
        gamma: Positive float. Defaults to `1.0`.
        scale: Positive float, in label units. Defaults to `1.0`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = FocalRegression(beta=1.0)
    >>> round(float(loss([30.0], [[32.0]])), 4)  # 2 * tanh(2 / 2)
    1.5232

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554), Focal-R.
    """

    def __init__(
        self,
        error: str = "absolute",
        activation: str = "sigmoid",
        beta: float = 0.2,
        gamma: float = 1.0,
        scale: float = 1.0,
        name: str = "focal_regression",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.error = check_choice("error", error, ERRORS)
        self.activation = check_choice("activation", activation, ACTIVATIONS)
        self.beta = check_positive("beta", beta)
        self.gamma = check_positive("gamma", gamma)
        self.scale = check_positive("scale", scale)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        label = plain_labels(y_true, y_pred)
        value = plain_labels(y_pred, name="y_pred")
        size = ops.abs(label - value) / self.scale
        # 2 * sigmoid(x) - 1 is tanh(x / 2), without the difference.
        steepness = self.beta / (2 if self.activation == "sigmoid" else 1)
        factor = ops.tanh(steepness * size)
        # The gradient of a power below 1 is infinite at 0.
        is_off = factor > 0
        factor = ops.where(is_off, factor, 1.0) ** self.gamma
        factor = ops.where(is_off, factor, 0.0)
        return factor * (size if self.error == "absolute" else size * size)
