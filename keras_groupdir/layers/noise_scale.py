"""A trainable noise beside a prediction, for balanced MSE."""

import math
from typing import Any

import keras
from keras import ops

from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_positive
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class NoiseScale(keras.layers.Layer):
    """Puts one trainable noise, the same for all samples, beside a prediction.

    A Keras loss has no weights. Make this one more output of a model, under a
    name of its own, and train that output with `losses.BatchMonteCarlo`,
    `losses.GaussianMixtureIntegration` or `losses.BinnedNumericalIntegration`:
    the optimizer then trains the noise with the rest, and the loss reaches the
    prediction through this layer.

    The weight is the log of the noise, so a step changes the noise by a share
    of itself: by a thousandth at Adam's rate of 1e-3, which for a noise of 10
    years is the step of 1e-2 that the paper gave the noise itself.

    Under a mixed policy give it `dtype="float32"`, as any last layer.

    Args:
        initial_noise: Positive float, in label units: roughly the error of a
            trained model. Defaults to `1.0`; the paper's ages start at 10.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        predictions: In label units. Shape `(batch, 1)`.

    Returns:
        The prediction and the noise. Shape `(batch, 2)`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> prediction = keras.layers.Dense(1)(inputs)
    >>> noisy = NoiseScale(initial_noise=2.0)(prediction)
    >>> model = keras.Model(inputs, {"prediction": prediction, "noisy": noisy})
    >>> model(np.zeros((1, 4), "float32"))["noisy"].shape == (1, 2)
    True

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427)
    """

    def __init__(self, initial_noise: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initial_noise = check_positive("initial_noise", initial_noise)

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 2 or input_shape[1] != 1:
            raise ValueError(
                "Predictions must have shape (batch, 1). "
                f"Received: shape {tuple(input_shape)}"
            )
        self.log_noise = self.add_weight(
            shape=(1,),
            initializer=keras.initializers.Constant(
                math.log(self.initial_noise)
            ),
            name="log_noise",
        )

    def call(self, predictions: Tensor) -> Tensor:
        noise = ops.exp(self.log_noise) * ops.ones_like(predictions)
        return ops.concatenate([predictions, noise], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
