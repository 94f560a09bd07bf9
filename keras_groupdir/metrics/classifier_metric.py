"""What the metrics of the group classifier share."""

from keras import ops

from keras_groupdir._numerics import where_nan
from keras_groupdir.metrics.group_metric import GroupMetric
from keras_groupdir.types import Tensor


class ClassifierMetric(GroupMetric):
    """Base: the mean of `of_groups(true_ids, predicted_ids)`."""

    def of_groups(self, true_ids: Tensor, predicted_ids: Tensor) -> Tensor:
        """One number per sample, from two int tensors `(batch,)`."""
        raise NotImplementedError

    def values(self, labels: Tensor, columns: Tensor) -> Tensor:
        values = self.of_groups(
            self.groups.assign_tensor(labels),
            ops.cast(ops.argmax(columns, axis=-1), "int32"),
        )
        # NaN logits have a largest one, too, and NaN labels a group.
        return where_nan(labels[:, None], where_nan(columns, values))
