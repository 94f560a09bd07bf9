"""What the experts would reach with a perfect group classifier."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import check_flat
from keras_groupdir._numerics import group_columns
from keras_groupdir._numerics import plain_labels
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.groups import check_groups
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class OracleMeanAbsoluteError(keras.metrics.MeanMetricWrapper):
    """Mean of `|y - expert_values[g]|` with `g` the TRUE group of `y`.

    In label units, for the output `"expert_values"`. It knows the label, so it
    is no result and must not select a model; beside the error of the
    prediction it shows how much of that is lost in choosing the group.

    Args:
        groups: `LabelGroups`.
        **kwargs: `name`, `dtype`: as for `keras.metrics.Metric`.

    Examples:

    >>> metric = OracleMeanAbsoluteError(
    ...     LabelGroups.equal_width(0, 2, num_groups=2)
    ... )
    >>> metric.update_state([0.5, 1.5], [[1.0, 9.0], [9.0, 1.5]])
    >>> float(metric.result())
    0.25
    """

    def __init__(
        self, groups: LabelGroups, name: str = "oracle_mae", **kwargs: Any
    ) -> None:
        super().__init__(self._errors, name=name, **kwargs)
        self.groups = check_groups(groups)

    def update_state(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        check_flat("sample_weight", sample_weight, y_pred)
        super().update_state(y_true, y_pred, sample_weight)

    def _errors(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        values = group_columns(y_pred, self.groups.num_groups, "y_pred")
        labels = plain_labels(y_true, values)
        true_ids = self.groups.assign_tensor(labels)
        values = ops.take_along_axis(values, true_ids[:, None], axis=-1)
        return ops.abs(labels - values[:, 0])

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "dtype": self.dtype,
            "groups": keras.saving.serialize_keras_object(self.groups),
        }
