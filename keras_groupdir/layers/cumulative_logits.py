"""Logits that never rise from one edge between groups to the next."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_whole
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class CumulativeLogits(keras.layers.Layer):
    """The head of CORAL: one score, and a threshold for each edge.

    ```
    z[i, k] = w . embedding_i + b[k]
    b[k] = b[0] - sum_{1 <= m <= k} softplus(gap[m])
    ```

    `sigmoid(z[i, k])` is the probability that the label is above inner edge
    `k`. All edges share the weights `w`, and thresholds fall from edge to edge,
    so that no label is ever more likely to be above an edge than above one
    below it. (CORAL has free biases `b`, which are in this order once the loss
    is at its smallest; here they always are.)

    It starts where all groups are equally likely for an embedding of 0.

    Args:
        num_groups: At least 2.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        embeddings: Encoder outputs. Shape `(batch, features)`.

    Returns:
        Logits. Shape `(batch, num_groups - 1)`.

    Examples:

    >>> layer = CumulativeLogits(num_groups=4)
    >>> probs = keras.ops.sigmoid(layer(np.zeros((1, 8), "float32")))
    >>> print(keras.ops.convert_to_numpy(probs).round(3))
    [[0.75 0.5  0.25]]

    Reference:
    - [Cao et al., 2020](https://arxiv.org/abs/1901.07884)
    """

    def __init__(self, num_groups: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_groups = check_whole("num_groups", num_groups, at_least=2)
        self.score = keras.layers.Dense(
            1, use_bias=False, dtype=self.dtype_policy, name="score"
        )

    def build(self, input_shape: Any) -> None:
        self.score.build(input_shape)
        above = np.arange(self.num_groups - 1, 0, -1) / self.num_groups
        start = np.log(above / (1 - above))
        self.first = self.add_weight(
            shape=(1,),
            initializer=keras.initializers.Constant(start[0]),
            name="first",
        )
        self.gaps = None
        if self.num_groups > 2:
            # What softplus makes the gaps of.
            gaps = np.log(np.expm1(-np.diff(start)))
            self.gaps = self.add_weight(
                shape=(self.num_groups - 2,),
                initializer=lambda shape, dtype: ops.convert_to_tensor(
                    gaps, dtype=dtype
                ),
                name="gaps",
            )

    def call(self, embeddings: Tensor) -> Tensor:
        biases = self.first
        if self.gaps is not None:
            falls = ops.cumsum(ops.softplus(self.gaps))
            biases = ops.concatenate([biases, biases - falls])
        return self.score(embeddings) + biases[None, :]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
