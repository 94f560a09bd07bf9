"""How often the group classifier is right."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.metrics.classifier_metric import ClassifierMetric
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GroupAccuracy(ClassifierMetric):
    """Share of samples whose largest group logit is that of the true group.

    Args:
        groups: `LabelGroups`.
        **kwargs: `name`, `dtype`: as for `keras.metrics.Metric`.

    Examples:

    >>> metric = GroupAccuracy(LabelGroups.equal_width(0, 2, num_groups=2))
    >>> metric.update_state([0.5, 1.5], [[9.0, 0.0], [9.0, 0.0]])
    >>> float(metric.result())
    0.5
    """

    def __init__(
        self, groups: LabelGroups, name: str = "group_accuracy", **kwargs: Any
    ) -> None:
        super().__init__(groups, name=name, **kwargs)

    def of_groups(self, true_ids: Tensor, predicted_ids: Tensor) -> Tensor:
        return ops.cast(ops.equal(true_ids, predicted_ids), self.dtype)
