"""What every loss that turns labels into groups shares."""

from typing import Any

import keras

from keras_groupdir._numerics import plain_labels
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.groups import check_groups
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

    def group_ids(self, y_true: Tensor) -> Tensor:
        """Groups of the labels of a batch. Shape `(batch,)`."""
        return self.groups.assign_tensor(plain_labels(y_true))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "groups": keras.saving.serialize_keras_object(self.groups),
        }
