"""Coarse classifiers that correct the finest one."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._numerics import group_columns
from keras_groupdir._own_config import own_config
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.nested_groups import check_levels
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class HierarchicalAdjustment(keras.layers.Layer):
    """Adds to each fine logit the log-probabilities of the groups it lies in.

    With `a(k, h)` the group of level `h` that holds group `k` of the finest
    level,

    ```
    adjusted[i, k] = fine_logits[i, k]
        + sum_h log_softmax(logits_i of level h)[a(k, h)]
    ```

    over all levels but the finest: the probabilities of a fine group at all
    levels are multiplied. It has no weights.

    Args:
        levels: List of `LabelGroups` from coarse to fine, from
            `labels.nested_groups`.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        logits: Of all levels side by side, from coarse to fine. Shape
            `(batch, total)`.

    Returns:
        Logits of the finest level. Shape `(batch, num_groups)` of that.

    Examples:

    >>> halves = LabelGroups.from_edges([0, 2, 4])
    >>> quarters = LabelGroups.from_edges([0, 1, 2, 3, 4])
    >>> layer = HierarchicalAdjustment([halves, quarters])
    >>> surely_upper = np.array([[-99.0, 0, 5, 0, 1, 0]], "float32")
    >>> print(keras.ops.convert_to_numpy(layer(surely_upper)))
    [[-94. -99.   1.   0.]]

    Reference:
    - [Xiong and Yao, 2024](https://arxiv.org/abs/2310.17154)
    """

    def __init__(self, levels: Sequence[LabelGroups], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.levels = check_levels(levels)

    def call(self, logits: Tensor) -> Tensor:
        *coarse, finest = self.levels
        dtype = logits.dtype
        total = sum(level.num_groups for level in self.levels)
        logits = group_columns(logits, total, "logits", "group of each level")
        adjusted = logits[:, total - finest.num_groups :]
        start = 0
        for level in coarse:
            end = start + level.num_groups
            log_probs = ops.log_softmax(logits[:, start:end], axis=-1)
            # A group lies where its lower edge does.
            holder = level.assign(finest.edges[:-1])
            is_held = np.arange(level.num_groups)[:, None] == holder
            # By a mask and not by `take`, which no file of torch's can hold.
            held = ops.where(is_held, log_probs[:, :, None], 0.0)
            adjusted = adjusted + ops.sum(held, axis=1)
            start = end
        return ops.cast(adjusted, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
