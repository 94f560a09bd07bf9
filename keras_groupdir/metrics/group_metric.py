"""What the metrics of the group classifier share."""

from typing import Any
from typing import Self

import keras
from keras import ops

from keras_groupdir.groups import LabelGroups
from keras_groupdir.groups import check_groups
from keras_groupdir.types import Tensor


class GroupMetric(keras.metrics.MeanMetricWrapper):
    """Base: the mean of `values(true_ids, predicted_ids)`.

    Args:
        groups: `LabelGroups`.
        name: As for `keras.metrics.Metric`.
        dtype: As for `keras.metrics.Metric`.
    """

    def __init__(
        self, groups: LabelGroups, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(self._compare, name=name, dtype=dtype)
        self.groups = check_groups(groups)

    def values(self, true_ids: Tensor, predicted_ids: Tensor) -> Tensor:
        """One number per sample, from two int tensors `(batch,)`."""
        raise NotImplementedError

    def _compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return self.values(
            self.groups.assign_tensor(y_true),
            ops.cast(ops.argmax(y_pred, axis=-1), "int32"),
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "dtype": self.dtype,
            "groups": keras.saving.serialize_keras_object(self.groups),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        groups = keras.saving.deserialize_keras_object(config["groups"])
        return cls(**{**config, "groups": groups})
