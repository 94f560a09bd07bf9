"""Ordinal classification: is the label above each edge? (CORAL)."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.edge_loss import EdgeLoss
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class CumulativeCrossentropy(EdgeLoss):
    """Binary cross-entropy of "the label is above edge k", for every edge.

    With `g_i` the group of a label and `z` a logit for each of the
    `num_groups - 1` inner edges,

    ```
    loss_i = -sum_k log sigmoid(z_ik)      where g_i > k
             -sum_k log sigmoid(-z_ik)     elsewhere
    ```

    the loss of CORAL, with all edges equally important. Its logits fall from
    edge to edge, as from `layers.CumulativeLogits`, so that probabilities agree
    with each other.

    Args:
        groups: `LabelGroups`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = CumulativeCrossentropy(LabelGroups.from_edges([0, 1, 2, 4]))
    >>> above_one_alone = [[9.0, -9.0]]
    >>> bool(loss([1.5], above_one_alone) < loss([3.0], above_one_alone))
    True

    Reference:
    - [Cao et al., 2020](https://arxiv.org/abs/1901.07884)
    """

    def __init__(
        self,
        groups: LabelGroups,
        name: str = "cumulative_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        _, losses = self.ids_and_losses(y_true, y_pred)
        return ops.sum(losses, axis=-1)
