"""An embedding that says how sure it is: a normal distribution per sample."""

import math
from typing import Any

import keras
from keras import ops

from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GaussianEmbedding(keras.layers.Layer):
    """Makes of an encoder's output a mean and a variance of each feature.

    With `x` the encoder's output,

    ```
    mean     = W_m x + b_m
    variance = softplus(W_v x + b_v)
    ```

    where `W_v` starts at 0, and `b_v` such that every variance is
    `initial_deviation**2`: training starts near a plain, certain embedding
    and learns where to doubt. Draw from it with `GaussianSample`, and keep the
    variances from shrinking with `losses.GaussianDivergence`.

    Args:
        units: Features of the embedding: there are as many means, and as many
            variances.
        initial_deviation: Positive float: the standard deviation of every
            feature before training. Defaults to `0.1`.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        features: Encoder outputs. Shape `(batch, features)`.

    Returns:
        Means, then variances. Shape `(batch, 2 * units)`.

    Examples:

    >>> layer = GaussianEmbedding(units=1, initial_deviation=0.5)
    >>> output = layer(np.zeros((2, 4), "float32"))
    >>> keras.ops.convert_to_numpy(output).round(3).tolist()
    [[0.0, 0.25], [0.0, 0.25]]

    Reference:
    - [Kingma and Welling, 2014](https://arxiv.org/abs/1312.6114)
    """

    def __init__(
        self, units: int, initial_deviation: float = 0.1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.units = check_whole("units", units, at_least=1)
        self.initial_deviation = check_positive(
            "initial_deviation", initial_deviation
        )
        variance = self.initial_deviation**2
        self.mean = keras.layers.Dense(
            self.units, dtype=self.dtype_policy, name="mean"
        )
        self.variance = keras.layers.Dense(
            self.units,
            kernel_initializer="zeros",
            # The inverse of softplus, which no variance makes overflow.
            bias_initializer=keras.initializers.Constant(
                variance + math.log(-math.expm1(-variance))
            ),
            activation="softplus",
            dtype=self.dtype_policy,
            name="variance",
        )

    def build(self, input_shape: Any) -> None:
        self.mean.build(input_shape)
        self.variance.build(input_shape)

    def call(self, features: Tensor) -> Tensor:
        return ops.concatenate(
            [self.mean(features), self.variance(features)], axis=-1
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
