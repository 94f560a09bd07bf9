"""What the metrics of the group classifier share."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import check_flat
from keras_groupdir._numerics import group_columns
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import where_nan
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.groups import check_groups
from keras_groupdir.types import Tensor


class GroupMetric(keras.metrics.MeanMetricWrapper):
    """Base: the mean of `values(true_ids, predicted_ids)`.

    Args:
        groups: `LabelGroups`.
        **kwargs: `name`, `dtype`: as for `keras.metrics.Metric`.
    """

    def __init__(self, groups: LabelGroups, **kwargs: Any) -> None:
        super().__init__(self._compare, **kwargs)
        self.groups = check_groups(groups)

    def update_state(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        check_flat("sample_weight", sample_weight, y_pred)
        super().update_state(y_true, y_pred, sample_weight)

    def values(self, true_ids: Tensor, predicted_ids: Tensor) -> Tensor:
        """One number per sample, from two int tensors `(batch,)`."""
        raise NotImplementedError

    def _compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        logits = group_columns(y_pred, self.groups.num_groups, "y_pred")
        labels = plain_labels(y_true, logits)
        values = self.values(
            self.groups.assign_tensor(labels),
            ops.cast(ops.argmax(logits, axis=-1), "int32"),
        )
        # NaN logits have a largest one, too, and NaN labels a group.
        return where_nan(labels[:, None], where_nan(logits, values))

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "dtype": self.dtype,
            "groups": keras.saving.serialize_keras_object(self.groups),
        }
