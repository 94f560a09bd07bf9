"""What metrics of a plain label and one output share."""

from typing import Any

import keras

from keras_groupdir._numerics import check_flat
from keras_groupdir._numerics import group_columns
from keras_groupdir._numerics import plain_labels
from keras_groupdir._own_config import own_config
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.types import Tensor


class GroupMetric(keras.metrics.MeanMetricWrapper):
    """Base: the mean of `values(labels, columns)`.

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

    def values(self, labels: Tensor, columns: Tensor) -> Tensor:
        """One number per sample.

        Args:
            labels: Shape `(batch,)`.
            columns: One for each group. Shape `(batch, num_groups)`.
        """
        raise NotImplementedError

    def _compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        columns = group_columns(y_pred, self.groups.num_groups, "y_pred")
        return self.values(plain_labels(y_true, columns), columns)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype, **own_config(self)}
