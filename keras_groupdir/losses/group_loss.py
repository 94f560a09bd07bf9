"""What every loss that turns labels into groups shares."""

from typing import Any
from typing import Self

import keras

from keras_groupdir.groups import LabelGroups
from keras_groupdir.groups import check_groups
from keras_groupdir.types import Tensor


class GroupLoss(keras.losses.Loss):
    """Base of the losses on a plain float label and one output of a model.

    Subclasses define `call`, which returns one value per sample.

    Args:
        groups: `LabelGroups`.
        reduction: As for `keras.losses.Loss`.
        name: As for `keras.losses.Loss`.
        dtype: As for `keras.losses.Loss`.
    """

    def __init__(
        self,
        groups: LabelGroups,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.groups = check_groups(groups)

    def group_ids(self, y_true: Tensor) -> Tensor:
        """Groups of the labels of a batch. Shape `(batch,)`."""
        shape = tuple(getattr(y_true, "shape", ()))
        if any(width not in (1, None) for width in shape[1:]):
            raise ValueError(
                "Labels must have shape (batch,) or (batch, 1). "
                f"Received: shape {shape}"
            )
        return self.groups.assign_tensor(y_true)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "groups": keras.saving.serialize_keras_object(self.groups),
            "dtype": self.dtype,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        groups = keras.saving.deserialize_keras_object(config["groups"])
        return cls(**{**config, "groups": groups})
