"""SRL: centroids of bins as a smooth path that fills the sphere."""

from functools import lru_cache
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir._numerics import LOG_ZERO
from keras_groupdir._numerics import log_sum_exp
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import unit_norm
from keras_groupdir._numerics import where_nan
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor

# Below any cosine.
NO_COSINE = -2.0
# Of the points, which are the same in every batch and every process.
SEED = 0


def geometric_constraints(
    labels: Tensor,
    embeddings: Tensor,
    bins: LabelGroups,
    envelope_weight: float = 1.0,
    homogeneity_weight: float = 0.01,
    temperature: float = 0.1,
    num_points: int = 512,
) -> Tensor:
    """Centroids of bins that fill the sphere evenly, and samples near them.

    With `z` the embeddings and `c_b` the mean of those of bin `b`, all scaled
    to length 1, over the `m` bins that the batch has, in the order of their
    centers `t_b`, as labels whose range is 1, and random points `p` on the
    sphere, the same each time,

    ```
    contrast_i  = -log(exp(z_i c_i / temperature)
                       / sum_b exp(z_i c_b / temperature))
    envelope    = 1 - mean_p max_b p c_b
    homogeneity = sum_b |c_(b + 1) - c_b|**2 / (t_(b + 1) - t_b)
    loss_i = contrast_i + envelope_weight * envelope
        + homogeneity_weight * homogeneity
    ```

    `c_i` is the centroid of the bin of sample `i`; the contrast moves samples
    and not centroids. A batch of one bin has neither contrast nor steps.

    The centroids are those of the batch. Published ones run through an epoch,
    so that every bin is in every batch; here a batch that lacks a bin steps
    over it. With several replicas they are of the samples of all.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        embeddings: Encoder outputs, normalized here. Shape
            `(batch, features)`.
        bins: Bins of the label range.
        envelope_weight: At least 0. Defaults to `1.0`.
        homogeneity_weight: At least 0. Defaults to `0.01`.
        temperature: Positive float. Defaults to `0.1`.
        num_points: Random points on the sphere. Defaults to `512`.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 4, num_groups=4)
    >>> labels, fan = [0.5, 1.5, 2.5], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]
    >>> path = geometric_constraints(labels, fan, bins)
    >>> turned = [fan[0], fan[2], fan[1]]
    >>> zigzag = geometric_constraints(labels, turned, bins)
    >>> bool(ops.sum(path) < ops.sum(zigzag))
    True

    Reference:
    - [Dong et al., 2025](https://arxiv.org/abs/2503.00876), SRL.
    """
    bins = check_groups(bins, "bins")
    envelope_weight = check_not_negative("envelope_weight", envelope_weight)
    homogeneity_weight = check_not_negative(
        "homogeneity_weight", homogeneity_weight
    )
    temperature = check_positive("temperature", temperature)
    num_points = check_whole("num_points", num_points, at_least=1)
    labels = plain_labels(labels, embeddings)
    z = unit_norm(ops.cast(embeddings, "float32"))
    # A comparison puts NaN into the first bin.
    z = where_nan(labels[:, None], z)
    own = _members(labels, bins)
    replicas = current_replicas(ops.shape(z)[0])
    members = replicas.gather(own)
    everyone = replicas.gather(z)

    # Shape (bins, features); the direction of a sum is that of the mean.
    centroids = unit_norm(ops.matmul(ops.transpose(members), everyone))
    is_there = ops.any(members > 0, axis=0)
    points = ops.convert_to_tensor(_points(num_points, z.shape[1]))
    cosines = ops.matmul(points, ops.transpose(centroids))
    nearest = ops.max(ops.where(is_there[None, :], cosines, NO_COSINE), axis=-1)
    of_all = envelope_weight * (1 - ops.mean(nearest))
    of_all += homogeneity_weight * _steps(centroids, is_there, bins)

    fixed = ops.transpose(ops.stop_gradient(centroids))
    logits = ops.matmul(z, fixed) / temperature
    total = log_sum_exp(ops.where(is_there[None, :], logits, LOG_ZERO))
    return total - ops.sum(own * logits, axis=-1) + of_all


def _members(labels: Tensor, bins: LabelGroups) -> Tensor:
    """1 where a label is in a bin. Shape `(batch, bins)`."""
    ids = bins.assign_tensor(labels)
    columns = ops.arange(bins.num_groups, dtype="int32")
    return ops.cast(ops.equal(ids[:, None], columns[None, :]), "float32")


def _steps(centroids: Tensor, is_there: Tensor, bins: LabelGroups) -> Tensor:
    """Squared steps from bin to bin that is there, over those of labels."""
    size = bins.num_groups
    place = ops.arange(size, dtype="int32")
    # Bins that the batch lacks come last.
    order = ops.argsort(ops.where(is_there, place, place + size), axis=-1)
    path = ops.take(centroids, order, axis=0)
    centers = (bins.centers - bins.low) / bins.span
    label = ops.take(ops.convert_to_tensor(centers, dtype="float32"), order)
    is_step = ops.take(is_there, order)[1:]
    gap = ops.where(is_step, label[1:] - label[:-1], 1.0)
    squared = ops.sum(ops.square(path[1:] - path[:-1]), axis=-1)
    return ops.sum(ops.where(is_step, squared, 0.0) / gap)


@lru_cache(maxsize=8)
def _points(num_points: int, features: int) -> np.ndarray:
    """Random directions, float32. Shape `(num_points, features)`."""
    rng = np.random.default_rng(SEED)
    points = rng.normal(size=(num_points, features))
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return (points / lengths).astype("float32")


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GeometricConstraints(LabelLoss):
    """Centroids of bins that fill the sphere evenly (SRL, approximate).

    Takes the float label and the embedding; see `geometric_constraints` for
    the formula, and for what is not as published. It regularizes the embedding
    of a regression.

    Args:
        bins: Bins of the label range, from `LabelGroups.histogram`.
        envelope_weight: At least 0. Defaults to `1.0`.
        homogeneity_weight: At least 0. Defaults to `0.01`.
        temperature: Positive float. Defaults to `0.1`.
        num_points: Random points on the sphere. Defaults to `512`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = GeometricConstraints(LabelGroups.equal_width(0, 4, num_groups=4))
    >>> tight = loss([0.5, 0.5, 3.5], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> loose = loss([0.5, 0.5, 3.5], [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> bool(tight < loose)
    True

    Reference:
    - [Dong et al., 2025](https://arxiv.org/abs/2503.00876), SRL.
    """

    def __init__(
        self,
        bins: LabelGroups,
        envelope_weight: float = 1.0,
        homogeneity_weight: float = 0.01,
        temperature: float = 0.1,
        num_points: int = 512,
        name: str = "geometric_constraints",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.bins = check_groups(bins, "bins")
        self.envelope_weight = check_not_negative(
            "envelope_weight", envelope_weight
        )
        self.homogeneity_weight = check_not_negative(
            "homogeneity_weight", homogeneity_weight
        )
        self.temperature = check_positive("temperature", temperature)
        self.num_points = check_whole("num_points", num_points, at_least=1)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return geometric_constraints(
            y_true,
            y_pred,
            self.bins,
            self.envelope_weight,
            self.homogeneity_weight,
            self.temperature,
            self.num_points,
        )
