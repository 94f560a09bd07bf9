"""What the three forms of balanced MSE share."""

from typing import Any

from keras import ops

from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_positive
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor

# Keeps the log and the inverse finite, below the noise of any unit of labels
# (of a range of 1e-9, say). Smaller ones, and 0, count as that.
SMALLEST_NOISE = 1e-13


class BalancedLoss(LabelLoss):
    """Base of the losses that know how noisy labels are.

    Subclasses define `call`, which returns one value per sample.

    Args:
        noise: Positive float, in label units, for outputs that do not bring
            their own.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.
    """

    def __init__(self, noise: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.noise = check_positive("noise", noise)

    def prediction_and_noise(self, y_pred: Tensor) -> tuple[Tensor, Any]:
        """Takes an output apart.

        Args:
            y_pred: Predictions, shape `(batch, 1)`, or with the noise beside
                them, as from `layers.NoiseScale`, shape `(batch, 2)`.

        Returns:
            Predictions, shape `(batch,)`, and the noise: a float or of the
            same shape.
        """
        y_pred = ops.cast(y_pred, "float32")
        shape = tuple(y_pred.shape)
        if len(shape) == 2 and shape[1] == 2:
            return y_pred[:, 0], y_pred[:, 1]
        if len(shape) == 1 or (len(shape) == 2 and shape[1] == 1):
            return ops.reshape(y_pred, (-1,)), self.noise
        raise ValueError(
            "`y_pred` must have shape (batch, 1), or (batch, 2) with the "
            f"noise in the second column. Received: shape {shape}"
        )


def noise_variance(noise: Any) -> Tensor:
    """Square of the noise, kept above 0."""
    if not hasattr(noise, "shape"):
        noise = check_number("noise", noise)
    noise = ops.abs(ops.cast(ops.convert_to_tensor(noise), "float32"))
    # Not a maximum: the gradient of one that does not count is 0 times what may
    # be infinite on JAX. And NaN is not below anything, and stays.
    return ops.square(ops.where(noise <= SMALLEST_NOISE, SMALLEST_NOISE, noise))
