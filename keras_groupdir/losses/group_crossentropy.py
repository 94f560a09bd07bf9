"""Plain group classification, the paper's CE."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GroupCrossentropy(GroupLoss):
    """Cross-entropy of the true group: `-log_softmax(group_logits_i)[g_i]`.

    Train a `GroupRegressor` on it with `beta=None`, since there is no blur of
    soft labels for its mixture to undo.

    Args:
        groups: `LabelGroups`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = GroupCrossentropy(LabelGroups.equal_width(0, 1, num_groups=2))
    >>> round(float(loss([0.2, 0.9], [[0.0, 0.0], [0.0, 0.0]])), 4)
    0.6931
    """

    def __init__(
        self,
        groups: LabelGroups,
        name: str = "group_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.sparse_categorical_crossentropy(
            *self.ids_and_outputs(y_true, y_pred), from_logits=True
        )
