"""How far off the group classifier is."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.metrics.classifier_metric import ClassifierMetric
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class MeanGroupDistance(ClassifierMetric):
    """Mean of `|predicted group - true group|`, in groups.

    Args:
        groups: `LabelGroups`.
        **kwargs: `name`, `dtype`: as for `keras.metrics.Metric`.

    Examples:

    >>> metric = MeanGroupDistance(LabelGroups.equal_width(0, 3, num_groups=3))
    >>> metric.update_state([0.5, 1.5], [[0.0, 0.0, 9.0], [0.0, 9.0, 0.0]])
    >>> float(metric.result())
    1.0
    """

    def __init__(
        self,
        groups: LabelGroups,
        name: str = "mean_group_distance",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)

    def of_groups(self, true_ids: Tensor, predicted_ids: Tensor) -> Tensor:
        return ops.cast(ops.abs(true_ids - predicted_ids), self.dtype)
