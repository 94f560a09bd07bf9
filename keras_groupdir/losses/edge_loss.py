"""What the losses with a yes or no for each edge between groups share."""

from keras import ops

from keras_groupdir._numerics import group_columns
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.types import Tensor


class EdgeLoss(GroupLoss):
    """Base of losses on one logit for each of the `num_groups - 1` inner edges.

    Subclasses define `call`, which returns one value per sample.

    Args:
        groups: `LabelGroups`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.
    """

    def ids_and_losses(
        self, y_true: Tensor, y_pred: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Groups of the labels, and the binary cross-entropy of each edge.

        Returns:
            Shapes `(batch, 1)`, int32, and `(batch, num_groups - 1)`, float32.
        """
        edges = self.groups.num_groups - 1
        logits = group_columns(y_pred, edges, "y_pred", "inner edge")
        ids, logits = self.ids_of(y_true, logits)
        ids = ids[:, None]
        is_above = ids > ops.arange(edges, dtype="int32")[None, :]
        # Of the answer that is right: no sigmoid, whose log may be infinite.
        right = ops.where(is_above, logits, -logits)
        return ids, ops.softplus(-right)
