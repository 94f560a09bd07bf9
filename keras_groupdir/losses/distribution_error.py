"""Dist Loss: predictions of a batch, sorted, like the labels they should be."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import sized_error
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_positive
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor

ERRORS = ("absolute", "squared")


def distribution_error(
    labels: Tensor,
    predictions: Tensor,
    label_quantiles: ArrayLike,
    scale: float = 1.0,
    error: str = "absolute",
    weight: float = 1.0,
) -> Tensor:
    """Error of a prediction, and of its place among those of the batch.

    With `Q` the quantiles of the density of the training labels, and `rank_i`
    the place of the prediction `f_i` among the `n` of the batch, from 1 for
    the smallest,

    ```
    loss_i = |y_i - f_i| / scale
        + weight * |Q((rank_i - 1 / 2) / n) - f_i| / scale
    ```

    or the squares of both. The second part is the distance of the sorted
    predictions from as many labels as the density would have them, with the
    part of each left at its sample; a rank has no gradient, as in a sort.
    `n` is that of the batch at hand, so that the last one of an epoch may be
    smaller. With several replicas it is the batch of all of them together, on
    JAX by itself.

    (The published code has a soft sort in its place, of a small strength.)

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        predictions: In label units. Shape `(batch,)` or `(batch, 1)`.
        label_quantiles: As from `labels.label_quantiles`: entry `k` of `m` is
            that at `sin(pi / 2 * k / (m - 1))**2`, in label units; between
            entries a straight line. Shape `(m,)`.
        scale: Positive float, in label units. Defaults to `1.0`.
        error: `"absolute"` or `"squared"`. Defaults to `"absolute"`.
        weight: Of the second part, at least 0. Defaults to `1.0`, as
            published.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> labels, common = [1.0, 9.0], [1.0, 5.0, 9.0]  # half below 5
    >>> spread = distribution_error(labels, [2.2, 7.8], common)
    >>> narrow = distribution_error(labels, [4.0, 6.0], common)
    >>> bool(ops.sum(spread) < ops.sum(narrow))
    True

    Reference:
    - [Nie et al., 2025](https://arxiv.org/abs/2411.15727), Dist Loss.
    """
    table = check_label_quantiles(label_quantiles)
    scale = check_positive("scale", scale)
    weight = check_not_negative("weight", weight)
    check_choice("error", error, ERRORS)
    labels = plain_labels(labels, predictions)
    values = plain_labels(predictions, name="predictions")

    replicas = current_replicas(ops.shape(values)[0])
    everyone = replicas.gather(ops.stop_gradient(values))
    rank = ops.argsort(ops.argsort(everyone, axis=-1), axis=-1)
    rank = ops.cast(ops.take(rank, replicas.row), "float32")
    share = (rank + 0.5) / ops.cast(ops.shape(everyone)[0], "float32")
    expected = _quantile(table, share)

    plain = sized_error((labels - values) / scale, error, 1.0)
    apart = sized_error((expected - values) / scale, error, 1.0)
    return plain + weight * apart


def check_label_quantiles(quantiles: ArrayLike) -> np.ndarray:
    """Returns a table of labels that do not fall, as float64."""
    table = check_labels("label_quantiles", quantiles)
    if len(table) < 3 or (np.diff(table) < 0).any():
        raise ValueError(
            "`label_quantiles` must hold at least 3 labels that do not fall, "
            "as from labels.label_quantiles. Received: "
            f"label_quantiles={table.tolist()}"
        )
    return table


def _quantile(table: np.ndarray, share: Tensor) -> Tensor:
    """Between two entries of the table, in `(0, 1)`. Shape `(batch,)`."""
    last = len(table) - 1
    place = ops.arcsin(ops.sqrt(share)) * (2 / math.pi * last)
    below = ops.clip(ops.floor(place), 0, last - 1)
    step = place - below
    below = ops.cast(below, "int32")
    entries = ops.convert_to_tensor(table, dtype="float32")
    return (1 - step) * ops.take(entries, below) + step * ops.take(
        entries, below + 1
    )


@keras.saving.register_keras_serializable(package="keras_groupdir")
class DistributionError(LabelLoss):
    """Error of predictions, one by one and as a distribution (Dist Loss).

    Takes the float label and the prediction; see `distribution_error` for the
    formula. A few hundred samples in a batch tell a distribution, a few do
    not. Weights of samples count for both parts; every sample counts for the
    ranks of the others.

    Args:
        label_quantiles: From `labels.label_quantiles` of the training labels,
            which is kept in files in place of the labels. Shape `(m,)`.
        scale: Positive float, in label units. Defaults to `1.0`.
        error: `"absolute"` or `"squared"`. Defaults to `"absolute"`.
        weight: Of the distribution, at least 0. Defaults to `1.0`, as
            published.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = DistributionError([0.0, 50.0, 100.0], scale=100.0)
    >>> loss([20.0, 80.0], [[30.0], [70.0]]).shape == ()
    True

    Reference:
    - [Nie et al., 2025](https://arxiv.org/abs/2411.15727), Dist Loss.
    """

    def __init__(
        self,
        label_quantiles: ArrayLike,
        scale: float = 1.0,
        error: str = "absolute",
        weight: float = 1.0,
        name: str = "distribution_error",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.label_quantiles = check_label_quantiles(label_quantiles).tolist()
        self.scale = check_positive("scale", scale)
        self.error = check_choice("error", error, ERRORS)
        self.weight = check_not_negative("weight", weight)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return distribution_error(
            y_true,
            y_pred,
            self.label_quantiles,
            self.scale,
            self.error,
            self.weight,
        )
