"""Ordinal classification: above this edge, if above the last? (CORN)."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.edge_loss import EdgeLoss
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class ConditionalCrossentropy(EdgeLoss):
    """Binary cross-entropy of "above edge k, given above edge k - 1".

    With `g_i` the group of a label and `z` a logit for each of the
    `num_groups - 1` inner edges,

    ```
    loss_i = -sum_{k < g_i} log sigmoid(z_ik) - log sigmoid(-z_ik) at k = g_i
    ```

    where the last term is missing in the last group: an edge learns from the
    samples alone that are above the edge before. The probability to be above
    edge k is the product of `sigmoid(z_im)` over `m <= k`, which never rises
    with k. This is also minus the log of the probability of the true group.

    It is the loss of CORN, which divides the sum over a batch by the number of
    its terms; here, as everywhere in Keras, the samples are averaged, so that
    one counts the same whatever else is in its batch.

    Args:
        groups: `LabelGroups`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = ConditionalCrossentropy(LabelGroups.from_edges([0, 1, 2, 4]))
    >>> round(float(loss([0.5], [[0.0, 99.0]])), 4)  # the second is not asked
    0.6931

    Reference:
    - [Shi et al., 2021](https://arxiv.org/abs/2111.08851)
    """

    def __init__(
        self,
        groups: LabelGroups,
        name: str = "conditional_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        ids, losses = self.ids_and_losses(y_true, y_pred)
        edges = ops.arange(self.groups.num_groups - 1, dtype="int32")
        is_asked = ids >= edges[None, :]
        return ops.sum(ops.where(is_asked, losses, 0.0), axis=-1)
