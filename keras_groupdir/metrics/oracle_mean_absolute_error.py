"""What the experts would reach with a perfect group classifier."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.metrics.group_metric import GroupMetric
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class OracleMeanAbsoluteError(GroupMetric):
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
        super().__init__(groups, name=name, **kwargs)

    def values(self, labels: Tensor, columns: Tensor) -> Tensor:
        true_ids = self.groups.assign_tensor(labels)
        values = ops.take_along_axis(columns, true_ids[:, None], axis=-1)
        return ops.abs(labels - values[:, 0])
