"""Classification at several levels of groups at once (HCA)."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import group_columns
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import where_nan
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.nested_groups import check_levels
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class HierarchicalCrossentropy(LabelLoss):
    """Sum of the cross-entropies of the true group at every level.

    ```
    loss_i = -sum_h log_softmax(logits_i of level h)[g_ih]
    ```

    The output holds the logits of all levels side by side, from coarse to fine.

    Args:
        levels: List of `LabelGroups`, from `labels.nested_groups`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> halves = LabelGroups.from_edges([0, 2, 4])
    >>> quarters = LabelGroups.from_edges([0, 1, 2, 3, 4])
    >>> loss = HierarchicalCrossentropy([halves, quarters])
    >>> round(float(loss([0.5], [[0.0] * 6])), 4)  # log(2) + log(4)
    2.0794

    Reference:
    - [Xiong and Yao, 2024](https://arxiv.org/abs/2310.17154)
    """

    def __init__(
        self,
        levels: Sequence[LabelGroups],
        name: str = "hierarchical_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.levels = check_levels(levels)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        total = sum(level.num_groups for level in self.levels)
        logits = group_columns(y_pred, total, "y_pred", "group of each level")
        labels = plain_labels(y_true, logits)
        logits = where_nan(labels[:, None], logits)
        losses, start = [], 0
        for level in self.levels:
            end = start + level.num_groups
            losses.append(
                ops.sparse_categorical_crossentropy(
                    level.assign_tensor(labels),
                    logits[:, start:end],
                    from_logits=True,
                )
            )
            start = end
        return sum(losses)
