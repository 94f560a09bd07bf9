"""Regression by the expert of the true group, eq. (3) of the paper."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import sized_error
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.losses.scaled_error import ERRORS
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class RoutedError(GroupLoss):
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
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 10, num_groups=2)
    >>> loss = RoutedError(groups)
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
        name: str = "routed_error",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)
        self.error = check_choice("error", error, ERRORS)
        self.delta = check_positive("delta", delta)
        self.scale = check_positive(
            "scale", self.groups.span if scale is None else scale
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        ids, values = self.ids_and_outputs(y_true, y_pred)
        chosen = ops.one_hot(ids, self.groups.num_groups, dtype="float32")
        value = ops.sum(chosen * values, axis=-1)
        label = plain_labels(y_true)
        error = (label - value) / self.scale
        return sized_error(error, self.error, self.delta)
