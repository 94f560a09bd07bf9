"""The head of deep evidential regression, and what it knows of its errors."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_range
from keras_groupdir.types import Tensor

# Evidence and `alpha - 1` below this count as this, so that a variance is
# finite; float32 has no smaller steps near 1.
SMALLEST = 1e-6
# The same of `beta`, for labels whose range is 1.
SMALLEST_BETA = 1e-12


def evidential_uncertainty(evidential: Tensor) -> tuple[Tensor, Tensor]:
    """Variances of the label that an `EvidentialHead` expects.

    ```
    aleatoric = beta / (alpha - 1)          noise of the label itself
    epistemic = beta / (nu * (alpha - 1))   of the mean, for want of evidence
    ```

    Their sum is the variance of a label; both are in squared label units.

    Args:
        evidential: Outputs of an `EvidentialHead`. Shape `(batch, 4)`.

    Returns:
        Aleatoric and epistemic variance, each of shape `(batch,)`.

    Examples:

    >>> noise, doubt = evidential_uncertainty([[30.0, 2.0, 3.0, 8.0]])
    >>> float(noise[0]), float(doubt[0])
    (4.0, 2.0)

    Reference:
    - [Amini et al., 2020](https://arxiv.org/abs/1910.02600)
    """
    evidential = ops.cast(ops.convert_to_tensor(evidential), "float32")
    nu = ops.maximum(evidential[:, 1], SMALLEST)
    aleatoric = evidential[:, 3] / ops.maximum(evidential[:, 2] - 1, SMALLEST)
    return aleatoric, aleatoric / nu


@keras.saving.register_keras_serializable(package="keras_groupdir")
class EvidentialHead(keras.layers.Layer):
    """A prediction and the evidence for it: a normal-inverse-gamma per sample.

    With `z` the outputs of four linear units on the embedding,

    ```
    gamma = (low + high) / 2 + (high - low) * z_0     the prediction
    nu    = softplus(z_1)                             evidence for it
    alpha = softplus(z_2) + 1                         evidence for the noise
    beta  = (high - low)**2 * softplus(z_3)           scale of the noise
    ```

    so that all is in label units and the prediction, which is not held to the
    range, starts in its middle, as in `models.VanillaRegressor`. Train it with
    `losses.EvidentialRegression` as one more output of a model whose prediction
    is `evidential[:, :1]`; `evidential_uncertainty` turns what the model
    predicts into variances.

    Under a mixed policy give it `dtype="float32"`, as any last layer.

    Args:
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        embeddings: Encoder outputs. Shape `(batch, features)`.

    Returns:
        `gamma, nu, alpha, beta` of each sample. Shape `(batch, 4)`.

    Examples:

    >>> inputs = keras.Input((8,))
    >>> evidential = EvidentialHead(low=0, high=100)(inputs)
    >>> outputs = {"prediction": evidential[:, :1], "evidential": evidential}
    >>> model = keras.Model(inputs, outputs)
    >>> model(np.zeros((1, 8), "float32"))["prediction"].shape == (1, 1)
    True

    Reference:
    - [Amini et al., 2020](https://arxiv.org/abs/1910.02600)
    """

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = check_range(low, high)
        self.units = keras.layers.Dense(
            4, dtype=self.dtype_policy, name="units"
        )

    def build(self, input_shape: Any) -> None:
        self.units.build(input_shape)

    def call(self, embeddings: Tensor) -> Tensor:
        units = self.units(embeddings)
        span = self.high - self.low
        prediction = self.low + span * (0.5 + units[:, :1])
        nu, alpha, beta = (
            ops.softplus(units[:, k : k + 1]) for k in range(1, 4)
        )
        return ops.concatenate(
            [
                prediction,
                nu,
                alpha + 1,
                span**2 * ops.maximum(beta, SMALLEST_BETA),
            ],
            axis=-1,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
