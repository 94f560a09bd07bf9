"""Regression by the expert of the true group, eq. (3) of the paper."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.groups import LabelGroups
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.types import Tensor

ERRORS = ("squared", "absolute", "huber")


@keras.saving.register_keras_serializable(package="keras_groupdir")
class RoutedMeanSquaredError(GroupLoss):
    """Error of the expert that is responsible for the true label.

    ```
    e_i = (y_i - expert_values[i, g_i]) / scale
    loss_i = e_i**2
    ```

    with `g_i` the true group, so the other experts get no gradient from the
    sample. Labels and expert values are in label units; the division by
    `scale` gives the loss the same size whatever the unit, and with it a
    meaning to its weight beside the other losses.

    Args:
        groups: `LabelGroups`.
        error: `"squared"`, `"absolute"` (`|e|`) or `"huber"` (`e**2 / 2` up to
            `delta`, `delta * (|e| - delta / 2)` beyond). Defaults to
            `"squared"`.
        delta: Positive float, for `"huber"`, in units of `scale`. Defaults to
            `0.1`.
        scale: Positive float. Defaults to the width of the groups' range;
            `1.0` is the paper's loss on raw labels.
        reduction: As for `keras.losses.Loss`.
        name: As for `keras.losses.Loss`.
        dtype: As for `keras.losses.Loss`.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 10, num_groups=2)
    >>> loss = RoutedMeanSquaredError(groups)
    >>> round(float(loss([3.0], [[4.0, 9.0]])), 4)  # ((3 - 4) / 10) ** 2
    0.01

    Reference:
    - Pu et al., Group-DIR, AAAI 2025, eq. (3).
    """

    def __init__(
        self,
        groups: LabelGroups,
        error: str = "squared",
        delta: float = 0.1,
        scale: float | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str = "routed_mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(groups, reduction=reduction, name=name, dtype=dtype)
        self.error = check_choice("error", error, ERRORS)
        self.delta = check_positive("delta", delta)
        self.scale = check_positive(
            "scale", groups.span if scale is None else scale
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_pred = ops.cast(y_pred, "float32")
        chosen = ops.one_hot(
            self.group_ids(y_true), self.groups.num_groups, dtype="float32"
        )
        value = ops.sum(chosen * y_pred, axis=-1)
        label = ops.reshape(ops.cast(y_true, "float32"), (-1,))
        error = (label - value) / self.scale
        if self.error == "squared":
            return ops.square(error)
        size = ops.abs(error)
        if self.error == "absolute":
            return size
        capped = ops.minimum(size, self.delta)
        return capped * (size - 0.5 * capped)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "error": self.error,
            "delta": self.delta,
            "scale": self.scale,
        }
