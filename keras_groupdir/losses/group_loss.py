"""What every loss that turns labels into groups shares."""

from typing import Any

from keras_groupdir._numerics import group_columns
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import where_nan
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor


class GroupLoss(LabelLoss):
    """Base of the losses on a plain float label and one output of a model.

    Subclasses define `call`, which returns one value per sample.

    Args:
        groups: `LabelGroups`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.
    """

    def __init__(self, groups: LabelGroups, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.groups = check_groups(groups)

    def ids_and_outputs(
        self, y_true: Tensor, y_pred: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Groups of the labels, and outputs with a column for each group.

        Returns:
            Shapes `(batch,)`, int32, and `(batch, num_groups)`, float32.
        """
        outputs = group_columns(y_pred, self.groups.num_groups, "y_pred")
        return self.ids_of(y_true, outputs)

    def ids_of(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        """Groups of the labels, and the output as it came.

        A label that is NaN has no group: its row of the output becomes NaN.
        """
        labels = plain_labels(y_true, y_pred)
        outputs = where_nan(labels[:, None], y_pred)
        return self.groups.assign_tensor(labels), outputs
