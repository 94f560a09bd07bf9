"""Balanced MSE, with the labels of the batch for the label distribution."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir._numerics import log_sum_exp
from keras_groupdir._numerics import plain_labels
from keras_groupdir.losses.balanced_loss import BalancedLoss
from keras_groupdir.losses.balanced_loss import noise_variance
from keras_groupdir.types import Tensor


def batch_monte_carlo(
    labels: Tensor, predictions: Tensor, noise: Any = 1.0
) -> Tensor:
    """Asks which label of the batch a prediction belongs to.

    With `s` the noise and `f_i` the prediction,

    ```
    loss_i = 2 s**2 * -log(
        exp(-(f_i - y_i)**2 / (2 s**2))
        / sum_j exp(-(f_i - y_j)**2 / (2 s**2))
    )
    ```

    so that a prediction has to leave common labels, which fill the sum, as
    well as to come near its own. The factor in front keeps the size of a
    squared error and is not differentiated. A batch of one, or of one label,
    has nothing to tell apart: its gradient is 0.

    With several replicas the sum is over the labels of all.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        predictions: In label units. Shape `(batch,)` or `(batch, 1)`.
        noise: Standard deviation of a label around its prediction, in label
            units: a float, or a tensor of shape `(batch,)` to be trained. Its
            sign does not count. Defaults to `1.0`.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> labels = [1.0, 1.0, 1.0, 5.0]
    >>> loss = batch_monte_carlo(labels, [3.0, 3.0, 3.0, 3.0])
    >>> keras.ops.convert_to_numpy(loss).round(3)  # 2 * log(4) each
    array([2.773, 2.773, 2.773, 2.773], dtype=float32)

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427)
    """
    labels = plain_labels(labels, predictions)
    predictions = plain_labels(predictions, name="predictions")
    variance = noise_variance(noise)
    replicas = current_replicas(ops.shape(labels)[0])
    all_labels = replicas.gather(labels)

    doubled = 2 * ops.broadcast_to(variance, ops.shape(labels))
    # (f - y_i)**2 - (f - y_j)**2 as a product: the difference of two large
    # squares loses its digits, and more of them where a compiler fuses it.
    apart = all_labels[None, :] - labels[:, None]
    twice = 2 * predictions[:, None] - labels[:, None] - all_labels[None, :]
    logits = apart * (twice / doubled[:, None])
    return ops.stop_gradient(doubled) * log_sum_exp(logits)


@keras.saving.register_keras_serializable(package="keras_groupdir")
class BatchMonteCarlo(BalancedLoss):
    """Balanced MSE over the labels of the batch (BMC).

    Takes the float label and the prediction; see `batch_monte_carlo` for the
    formula. It needs nothing of the training set, and large batches. To train
    the noise, give it the output of `layers.NoiseScale`. Its value falls and
    rises with the noise: judge a model by its errors.

    Args:
        noise: Positive float, in label units, if the output does not bring its
            own. Defaults to `1.0`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = BatchMonteCarlo(noise=2.0)
    >>> near = loss([1.0, 1.0, 1.0, 5.0], [[1.0], [1.0], [1.0], [5.0]])
    >>> far = loss([1.0, 1.0, 1.0, 5.0], [[1.0], [1.0], [1.0], [1.0]])
    >>> bool(near < far)
    True

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427)
    """

    def __init__(
        self, noise: float = 1.0, name: str = "batch_monte_carlo", **kwargs: Any
    ) -> None:
        super().__init__(noise, name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return batch_monte_carlo(y_true, *self.prediction_and_noise(y_pred))
