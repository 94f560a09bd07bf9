"""A draw from a normal distribution, through which gradients flow."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import mean_and_variance
from keras_groupdir._own_config import own_config
from keras_groupdir.types import Tensor

# The gradient of a root grows without end towards 0. Smoothing may push a
# variance there, or below.
SMALLEST = 1e-6


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GaussianSample(keras.layers.Layer):
    """Draws an embedding from its mean and variance, in training alone.

    ```
    z = mean + sqrt(variance) * noise     in training, noise from N(0, 1)
    z = mean                              otherwise
    ```

    The noise takes no part in the gradient (reparameterization), so that mean
    and variance are trained by whatever loss follows. Variances below 1e-6,
    also negative ones, count as 1e-6.

    Under a mixed policy give it and its embedding `dtype="float32"`: half
    precision rounds small variances.

    Args:
        seed: Whole number for the same noise in every run. Defaults to `None`:
            a new one, or that of `keras.utils.set_random_seed`.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        gaussians: Means, then variances, as from `GaussianEmbedding`. Shape
            `(batch, 2 * units)`.
        training: Whether to draw.

    Returns:
        Embeddings. Shape `(batch, units)`.

    Examples:

    >>> sample = GaussianSample(seed=3)
    >>> gaussians = np.array([[5.0, 0.01]], "float32")
    >>> float(sample(gaussians)[0, 0])
    5.0
    >>> float(sample(gaussians, training=True)[0, 0]) == 5.0
    False

    Reference:
    - [Kingma and Welling, 2014](https://arxiv.org/abs/1312.6114)
    """

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, gaussians: Tensor, training: bool = False) -> Tensor:
        mean, variance = mean_and_variance(gaussians, SMALLEST)
        if not training:
            return mean
        noise = keras.random.normal(
            ops.shape(mean), dtype=mean.dtype, seed=self.seed_generator
        )
        return mean + ops.sqrt(variance) * noise

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
