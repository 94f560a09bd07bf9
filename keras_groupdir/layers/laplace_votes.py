"""Several heads that say how sure they are, and what they agree on."""

import math
from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import first_max_one_hot
from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.types import Tensor

VOTINGS = ("hard", "precision")
# How far the log of a scale may be from that of `spread`: as published.
FARTHEST = 5.0


@keras.saving.register_keras_serializable(package="keras_groupdir")
class LaplaceVotes(keras.layers.Layer):
    """Heads with a mean and a scale each, and their vote (UVOTE).

    With `z` and `u` two linear units of head `k` on the embedding,

    ```
    m_k     = start + spread * z_k
    log b_k = log(spread) + min(max(u_k, -5), 5)
    ```

    are mean and log of the scale of a Laplace distribution. The prediction is
    the mean of the head with the smallest scale (`"hard"`), the first of
    equals, or the mean of all, weighed by `1 / b_k**2` (`"precision"`). Its
    scale is the mean of theirs by the same weights: what the heads expect of
    `|y - prediction|`. Heads that see one embedding err together, so that it
    is not smaller with more of them.

    Train the heads with `losses.LaplaceLikelihood`, each with weights of its
    own. Under a mixed policy give it `dtype="float32"`, as any last layer.

    Args:
        num_heads: Number of heads. Defaults to `3`, as published.
        voting: `"hard"` or `"precision"`. Defaults to `"hard"`, as published.
        start: What a unit's 0 means, in label units. Defaults to `0.0`.
        spread: Positive float: what its 1 adds. Defaults to `1.0`.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        embeddings: Encoder outputs. Shape `(batch, features)`.

    Returns:
        Dict: `"prediction"` and `"scale"`, shape `(batch, 1)`, and `"head_0"`
        and so on, mean and log of the scale, shape `(batch, 2)`; all in label
        units.

    Examples:

    >>> votes = LaplaceVotes(start=50.0, spread=10.0)
    >>> outputs = votes(np.zeros((1, 4), "float32"))
    >>> keras.ops.convert_to_numpy(outputs["prediction"]).round(4).tolist()
    [[50.0]]
    >>> sorted(outputs)
    ['head_0', 'head_1', 'head_2', 'prediction', 'scale']

    Reference:
    - [Jiang et al., 2024](https://arxiv.org/abs/2305.15178), UVOTE.
    """

    def __init__(
        self,
        num_heads: int = 3,
        voting: str = "hard",
        start: float = 0.0,
        spread: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_heads = check_whole("num_heads", num_heads, at_least=1)
        self.voting = check_choice("voting", voting, VOTINGS)
        self.start = check_number("start", start)
        self.spread = check_positive("spread", spread)
        self.units = keras.layers.Dense(
            2 * self.num_heads, dtype=self.dtype_policy, name="units"
        )

    def build(self, input_shape: Any) -> None:
        self.units.build(input_shape)

    def call(self, embeddings: Tensor) -> dict[str, Tensor]:
        units = self.units(embeddings)
        # All are (batch, heads).
        means = self.spread * units[:, : self.num_heads]
        offsets = ops.clip(units[:, self.num_heads :], -FARTHEST, FARTHEST)
        log_scales = math.log(self.spread) + offsets
        if self.voting == "hard":
            share = first_max_one_hot(-offsets)
        else:
            share = ops.softmax(-2 * offsets, axis=-1)
        scales = self.spread * ops.exp(offsets)
        # Added last: rounding of the shares would be a multiple of it.
        outputs = {
            "prediction": self.start
            + ops.sum(share * means, axis=-1, keepdims=True),
            "scale": ops.sum(share * scales, axis=-1, keepdims=True),
        }
        for head in range(self.num_heads):
            own = slice(head, head + 1)
            outputs[f"head_{head}"] = ops.concatenate(
                [self.start + means[:, own], log_scales[:, own]], axis=-1
            )
        return outputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
