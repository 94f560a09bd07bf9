"""What the probabilities to be above each edge expect of the label."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._numerics import group_columns
from keras_groupdir._own_config import own_config
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class EdgeExpectation(keras.layers.Layer):
    """The mean label, from logits of being above each edge between groups.

    With `c` the centers of the groups,

    ```
    above[i, k] = sigmoid(z[i, k])                       cumulative (CORAL)
    above[i, k] = prod_{m <= k} sigmoid(z[i, m])         conditional (CORN)
    prediction_i = c[0] + sum_k above[i, k] * (c[k + 1] - c[k])
    ```

    which is the sum of the centers, each times the probability of its group,
    `above[k - 1] - above[k]`. It has no weights. Under a mixed policy give it
    `dtype="float32"`, as any last layer.

    Args:
        groups: `LabelGroups`.
        conditional: Whether a logit is of being above its edge given that the
            label is above the edge before. Defaults to `False`.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        logits: One for each inner edge. Shape `(batch, num_groups - 1)`.

    Returns:
        A dict: `"prediction"`, in label units, shape `(batch, 1)`, and
        `"above"`, probabilities that the label is above each inner edge, shape
        `(batch, num_groups - 1)`.

    Examples:

    >>> layer = EdgeExpectation(LabelGroups.from_edges([0, 10, 40]))
    >>> outputs = layer(np.zeros((1, 1), "float32"))
    >>> float(outputs["above"][0, 0]), float(outputs["prediction"][0, 0])
    (0.5, 15.0)

    Reference:
    - [Cao et al., 2020](https://arxiv.org/abs/1901.07884) (cumulative)
    - [Shi et al., 2021](https://arxiv.org/abs/2111.08851) (conditional)
    """

    def __init__(
        self, groups: LabelGroups, conditional: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.groups = check_groups(groups)
        self.conditional = bool(conditional)

    def call(self, logits: Tensor) -> dict[str, Tensor]:
        groups, dtype = self.groups, logits.dtype
        edges = groups.num_groups - 1
        logits = group_columns(logits, edges, "logits", "inner edge")
        if self.conditional:
            above = ops.exp(ops.cumsum(ops.log_sigmoid(logits), axis=-1))
        else:
            above = ops.sigmoid(logits)
        # From the range scaled to 1, where labels in any unit keep digits.
        centers = (groups.centers - groups.low) / groups.span
        steps = ops.convert_to_tensor(np.diff(centers)[None, :], "float32")
        mean = centers[0] + ops.sum(above * steps, axis=-1, keepdims=True)
        return {
            "prediction": ops.cast(groups.low + groups.span * mean, dtype),
            "above": ops.cast(above, dtype),
        }

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
