"""Ordinal entropy: pull samples to the center of their label, part centers."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import unit_norm
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class OrdinalEntropy(LabelLoss):
    """Tightness around each label's center, minus the spread of centers.

    With `z` the embeddings and `c` the mean of each distinct label's, all
    scaled to length 1,

    ```
    loss_i = |z_i - c_{y_i}| - mean_{a != b} w_ab |c_a - c_b|
    w_ab = (|a - b| - least) / most
    ```

    over the pairs of distinct labels `a` and `b` of the batch, with the least
    and most distance among them. It regularizes the embedding of a regression;
    weigh it by 1e-3 to start with. With a single label in the batch, or two,
    nothing is parted. Several replicas compare the samples of all. (Published
    code has two forms: this one, and for ages one whose centers are means of
    features that are not normalized.)

    Args:
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = OrdinalEntropy()
    >>> tight = loss([0.0, 0.0], [[1.0, 0.0], [1.0, 0.0]])
    >>> loose = loss([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
    >>> bool(tight < loose)
    True

    Reference:
    - [Zhang et al., 2023](https://arxiv.org/abs/2301.08915)
    """

    def __init__(self, name: str = "ordinal_entropy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        z = unit_norm(ops.cast(y_pred, "float32"))
        labels = plain_labels(y_true, z)
        replicas = current_replicas(ops.shape(z)[0])
        all_z, all_labels = replicas.gather(z), replicas.gather(labels)

        centers = _centers(labels, all_labels, all_z)
        tightness = _length(z - centers)
        return tightness - _spread(
            all_labels, _centers(all_labels, all_labels, all_z)
        )


def _centers(labels: Tensor, all_labels: Tensor, all_z: Tensor) -> Tensor:
    """Center of the label of each sample. Shape `(samples, features)`."""
    is_same = ops.equal(labels[:, None], all_labels[None, :])
    # The direction of the sum is that of the mean.
    return unit_norm(ops.matmul(ops.cast(is_same, "float32"), all_z))


def _spread(labels: Tensor, centers: Tensor) -> Tensor:
    """Mean weighted distance between the centers of distinct labels.

    Every sample stands for its label with a share of 1 over the samples of
    that label, so that each label counts once.
    """
    distance = ops.abs(labels[:, None] - labels[None, :])
    is_other = distance > 0
    share = 1 / ops.sum(ops.cast(distance == 0, "float32"), axis=-1)
    least = ops.min(ops.where(is_other, distance, 1e30))
    most = ops.maximum(ops.max(distance), 1e-30)
    weight = ops.where(is_other, (distance - least) / most, 0.0)
    pair = ops.where(is_other, share[:, None] * share[None, :], 0.0)

    cosine = ops.matmul(centers, ops.transpose(centers))
    apart = _root(ops.where(is_other, 2 - 2 * cosine, 0.0))
    return ops.divide_no_nan(ops.sum(pair * weight * apart), ops.sum(pair))


def _length(x: Tensor) -> Tensor:
    return _root(ops.sum(ops.square(x), axis=-1))


def _root(squared: Tensor) -> Tensor:
    """Square root with a gradient of 0, not infinite, at 0."""
    is_none = squared <= 1e-12
    root = ops.sqrt(ops.where(is_none, 1.0, squared))
    return ops.where(is_none, 0.0, root)
