"""How far the normal distribution of an embedding is from the standard one."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import mean_and_variance
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor

# Below what `layers.GaussianSample` tells apart, so that a variance which no
# longer counts there is still drawn back by its divergence.
SMALLEST = 1e-12


def gaussian_divergence(gaussians: Tensor) -> Tensor:
    """Kullback-Leibler divergence from a standard normal distribution.

    Of the normal distribution with `mean` and `variance` of each feature,
    summed (not averaged) over features:

    ```
    loss_i = sum_f (mean**2 + variance - 1 - log(variance)) / 2
           = KL(N(mean, variance) || N(0, 1))
    ```

    Being a sum, it grows with the number of features. Variances below 1e-12,
    also negative ones, count as 1e-12.

    Args:
        gaussians: Means, then variances, as from `layers.GaussianEmbedding`.
            Shape `(batch, 2 * units)`.

    Returns:
        Loss of each sample, 0 or more. Shape `(batch,)`.

    Examples:

    >>> loss = gaussian_divergence([[0.0, 0.0, 1.0, 1.0], [1.0, 2.0, 1.0, 1.0]])
    >>> keras.ops.convert_to_numpy(loss).tolist()
    [0.0, 2.5]

    Reference:
    - [Kingma and Welling, 2014](https://arxiv.org/abs/1312.6114), appendix B.
    """
    gaussians = ops.cast(ops.convert_to_tensor(gaussians), "float32")
    mean, variance = mean_and_variance(gaussians, SMALLEST)
    twice = ops.square(mean) + (variance - 1) - ops.log(variance)
    return ops.sum(twice, axis=-1) / 2


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GaussianDivergence(LabelLoss):
    """Keeps an embedding of means and variances near a standard normal one.

    For the output of a `layers.GaussianEmbedding`; labels are not used. See
    `gaussian_divergence` for the formula: a sum over features, so the weight
    of this loss depends on how many there are, and on the unit of the labels.

    Args:
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = GaussianDivergence()
    >>> near = loss([30.0], [[0.1, 0.9]])
    >>> far = loss([30.0], [[4.0, 0.01]])
    >>> bool(near < far)
    True

    Reference:
    - [Kingma and Welling, 2014](https://arxiv.org/abs/1312.6114), appendix B.
    """

    def __init__(
        self, name: str = "gaussian_divergence", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return gaussian_divergence(y_pred)
