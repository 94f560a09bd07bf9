"""Rank-N-Contrast: contrastive loss on continuous labels."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._backend.cumulative_logsumexp import cumulative_logsumexp
from keras_groupdir._backend.custom_gradient import Backward
from keras_groupdir._backend.custom_gradient import custom_gradient
from keras_groupdir._backend.inverse_permutations import inverse_permutations
from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir._contrast.similarities import SIMILARITIES
from keras_groupdir._contrast.similarities import similarities
from keras_groupdir._numerics import LOG_ZERO
from keras_groupdir._numerics import where_nan
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor


def rank_n_contrast(
    labels: Tensor,
    embeddings: Tensor,
    temperature: float = 2.0,
    similarity: str = "l2",
) -> Tensor:
    """Orders embeddings by the distance between their labels.

    With `l_ij = similarity(z_i, z_j) / temperature` and `d_ij` the L1 distance
    of the labels, in float32,

    ```
    loss_i = -1 / (batch - 1) * sum_{j != i} (
        l_ij - log sum_{k != i, d_ik >= d_ij} exp(l_ik)
    )
    ```

    which is `ordinal_group_contrastive` with every label a group of its own.
    Each anchor's row is sorted by distance, sums are cumulative logs, and the
    gradient is in closed form: work `O(batch**2 * (features + log(batch)))`,
    memory `O(batch**2)`. The anchor of a batch of one has a loss of 0. On torch
    the gradient cannot be differentiated again. `"l2"` distances come from
    products of the centered embeddings: those far below the spread of the
    batch (a thousandth and less) drown in rounding.

    With several replicas each anchor is compared with the samples of all, as
    in `OrdinalGroupContrastive`.

    Args:
        labels: Continuous labels. Shape `(batch,)` or `(batch, targets)`.
        embeddings: Encoder outputs; normalized here for `"cosine"`. Shape
            `(batch, features)`.
        temperature: Positive float. Defaults to `2.0`.
        similarity: `"l2"` for the negative Euclidean distance, or `"cosine"`.
            Defaults to `"l2"`.

    Returns:
        Loss of each anchor. Shape `(batch,)`.

    Examples:

    >>> line = [[0.0], [1.0], [2.0], [4.0]]
    >>> ordered = rank_n_contrast([10.0, 20.0, 30.0, 50.0], line)
    >>> shuffled = rank_n_contrast([10.0, 50.0, 20.0, 30.0], line)
    >>> bool(keras.ops.mean(ordered) < keras.ops.mean(shuffled))
    True

    Reference:
    - [Zha et al., 2023](https://arxiv.org/abs/2210.01189)
    """
    temperature = check_positive("temperature", temperature)
    check_choice("similarity", similarity, SIMILARITIES)
    labels = _as_columns(labels)
    embeddings = ops.cast(embeddings, "float32")
    _check_same_size(labels, embeddings)
    # A sort gives NaN a place like any other label.
    embeddings = where_nan(labels, embeddings)
    replicas = current_replicas(ops.shape(embeddings)[0])
    everyone = replicas.gather(embeddings)
    all_size = ops.shape(everyone)[0]
    is_self = (
        replicas.row[:, None] == ops.arange(all_size, dtype="int32")[None, :]
    )

    distances = _distances(labels, replicas.gather(labels))
    logits = similarities(embeddings, everyone, similarity) / temperature
    # Nearer than all others, an anchor is in no sum but its own, left out.
    far = _sum_of_log_sums(ops.where(is_self, -1.0, distances), logits)
    near = ops.sum(ops.where(is_self, 0.0, logits), axis=-1)
    return ops.divide_no_nan(far - near, ops.cast(all_size - 1, "float32"))


def _as_columns(labels: Tensor) -> Tensor:
    labels = ops.cast(ops.convert_to_tensor(labels), "float32")
    if len(labels.shape) == 1:
        return labels[:, None]
    if len(labels.shape) != 2:
        raise ValueError(
            "`labels` must have shape (batch,) or (batch, targets). "
            f"Received: shape {tuple(labels.shape)}"
        )
    return labels


def _check_same_size(labels: Tensor, embeddings: Tensor) -> None:
    sizes = labels.shape[0], embeddings.shape[0]
    if None not in sizes and sizes[0] != sizes[1]:
        raise ValueError(
            "`labels` and `embeddings` must have as many rows. "
            f"Received: {sizes[0]} and {sizes[1]}"
        )


def _distances(labels: Tensor, others: Tensor) -> Tensor:
    """L1, one target at a time: all at once would need a third axis."""
    return sum(
        ops.abs(labels[:, k][:, None] - others[:, k][None, :])
        for k in range(labels.shape[1])
    )


def _sum_of_log_sums(distances: Tensor, logits: Tensor) -> Tensor:
    """Sums `log sum_{k: d_ik >= d_ij} exp(l_ik)` over all `j` but the nearest.

    Args:
        distances: Not differentiated. Shape `(anchors, batch)`.
        logits: Shape `(anchors, batch)`.

    Returns:
        Shape `(anchors,)`.
    """
    order = ops.argsort(distances, axis=-1)
    rank = inverse_permutations(order)
    first, last = _ties(ops.take_along_axis(distances, order, axis=-1))

    def sums(logits: Tensor) -> tuple[Tensor, Backward]:
        near_to_far = ops.take_along_axis(logits, order, axis=-1)
        log_sums = ops.take_along_axis(
            cumulative_logsumexp(near_to_far, reverse=True), first, axis=-1
        )

        def gradient(upstream: Tensor) -> Tensor:
            # A logit is in the sum of everything not farther than itself.
            inverse = ops.pad(
                -log_sums[:, 1:], [[0, 0], [1, 0]], constant_values=LOG_ZERO
            )
            log_weights = ops.take_along_axis(
                cumulative_logsumexp(inverse), last, axis=-1
            )
            gradients = ops.exp(near_to_far + log_weights)
            gradients = ops.take_along_axis(gradients, rank, axis=-1)
            return upstream[:, None] * gradients

        return ops.sum(log_sums[:, 1:], axis=-1), gradient

    return custom_gradient(sums)(logits)


def _ties(ascending: Tensor) -> tuple[Tensor, Tensor]:
    """First and last position of the run of equal entries around each entry.

    Args:
        ascending: Sorted rows. Shape `(rows, size)`.

    Returns:
        Two int32 tensors of the same shape.
    """
    size = ops.shape(ascending)[1]
    is_first = ops.pad(
        ascending[:, 1:] > ascending[:, :-1],
        [[0, 0], [1, 0]],
        constant_values=True,
    )
    run = ops.cumsum(ops.cast(is_first, "int32"), axis=-1) - 1
    position = ops.arange(size, dtype="int32")[None, :]
    # Starts in order, then `size` for the runs that there are not.
    starts = ops.sort(ops.where(is_first, position, size), axis=-1)
    ends = ops.pad(starts, [[0, 0], [0, 1]], constant_values=0)
    ends = ops.where(ops.arange(size + 1, dtype="int32") == size, size, ends)
    return (
        ops.take_along_axis(starts, run, axis=-1),
        ops.take_along_axis(ends, run + 1, axis=-1) - 1,
    )


@keras.saving.register_keras_serializable(package="keras_groupdir")
class RankNContrast(LabelLoss):
    """Orders embeddings by the distance between their labels.

    Takes the float label and the embedding; see `rank_n_contrast` for the
    formula. It needs no groups.

    Args:
        temperature: Positive float. Defaults to `2.0`.
        similarity: `"l2"` or `"cosine"`. Defaults to `"l2"`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = RankNContrast()
    >>> value = loss([0.3, 2.2, 4.9], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    >>> float(value) > 0
    True

    Reference:
    - [Zha et al., 2023](https://arxiv.org/abs/2210.01189)
    """

    def __init__(
        self,
        temperature: float = 2.0,
        similarity: str = "l2",
        name: str = "rank_n_contrast",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.temperature = check_positive("temperature", temperature)
        self.similarity = check_choice("similarity", similarity, SIMILARITIES)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return rank_n_contrast(
            y_true, y_pred, self.temperature, self.similarity
        )
