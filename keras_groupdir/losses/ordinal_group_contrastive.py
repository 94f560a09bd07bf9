"""Ordinal group-aware contrastive loss, eq. (2) of the paper."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.groups import LabelGroups
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.numerics import LOG_ZERO
from keras_groupdir.numerics import log_add_exp
from keras_groupdir.numerics import reverse_cumulative_logsumexp
from keras_groupdir.numerics import unit_norm
from keras_groupdir.types import Tensor

SIMILARITIES = ("cosine", "l2")


def ordinal_group_contrastive(
    group_ids: Tensor,
    embeddings: Tensor,
    num_groups: int,
    temperature: float = 0.2,
    similarity: str = "cosine",
) -> Tensor:
    """Orders embeddings by the distance between their groups.

    Each pair `(i, j)` of a batch is scored against all samples whose group is
    at least as far from the anchor's as `j`'s is, `j` and ties included. With
    `l_ij = similarity(z_i, z_j) / temperature` and `d_ij = |g_i - g_j|`,

    ```
    loss_i = -1 / (batch - 1) * sum_{j != i} (
        l_ij - log sum_{k != i, d_ik >= d_ij} exp(l_ik)
    )
    ```

    The mean over `i` is eq. (2). The inner sum depends on `j` only through the
    distance, so it is computed once per anchor and distance: work
    `O(batch**2 * (features + num_groups))`, memory `O(batch**2)`. Sums are kept
    as logs per anchor and group, so any temperature is finite. The anchor of a
    batch of one has a loss of 0.

    Args:
        group_ids: Group of each sample, in `0 .. num_groups - 1`. Shape
            `(batch,)`.
        embeddings: Encoder outputs; normalized here for `"cosine"`. Shape
            `(batch, features)`.
        num_groups: Number of groups, at least 2.
        temperature: Positive float. Defaults to `0.2`.
        similarity: `"cosine"`, or `"l2"` for the negative Euclidean distance
            of the embeddings as they come (Rank-N-Contrast's choice, with
            `temperature=2`). Defaults to `"cosine"`.

    Returns:
        Loss of each anchor. Shape `(batch,)`.

    Examples:

    >>> embeddings = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]
    >>> ordered = ordinal_group_contrastive([0, 1, 2], embeddings, 3, 1.0)
    >>> shuffled = ordinal_group_contrastive([0, 2, 1], embeddings, 3, 1.0)
    >>> bool(keras.ops.mean(ordered) < keras.ops.mean(shuffled))
    True

    Reference:
    - Pu et al., Group-DIR, AAAI 2025, eq. (2).
    - [Zha et al., 2023](https://arxiv.org/abs/2210.01189), Rank-N-Contrast.
    """
    num_groups = check_whole("num_groups", num_groups, at_least=2)
    temperature = check_positive("temperature", temperature)
    check_choice("similarity", similarity, SIMILARITIES)
    group_ids = ops.reshape(ops.cast(group_ids, "int32"), (-1,))
    embeddings = ops.cast(embeddings, "float32")
    membership = ops.one_hot(group_ids, num_groups, dtype="float32")
    size = ops.shape(embeddings)[0]
    is_self = ops.eye(size, dtype="float32")

    logits = _similarities(embeddings, similarity) / temperature
    log_sums = _log_sums_per_group(
        ops.where(is_self > 0, LOG_ZERO, logits), group_ids, membership
    )
    log_far = reverse_cumulative_logsumexp(
        _fold(log_sums, group_ids, num_groups, LOG_ZERO, log_add_exp),
        num_groups,
    )
    counts = ops.sum(membership, axis=0)[None, :] - membership
    pairs_at = _fold(counts, group_ids, num_groups, 0.0, ops.add)

    # Distances without a pair have `log_far` near LOG_ZERO: not summed.
    far = ops.sum(pairs_at * ops.where(pairs_at > 0, log_far, 0.0), axis=-1)
    near = ops.sum(ops.where(is_self > 0, 0.0, logits), axis=-1)
    return ops.divide_no_nan(far - near, ops.cast(size - 1, "float32"))


def _similarities(embeddings: Tensor, similarity: str) -> Tensor:
    """Similarity of every pair. Shape `(batch, batch)`."""
    if similarity == "cosine":
        z = unit_norm(embeddings)
        return ops.matmul(z, ops.transpose(z))
    # Distances do not change with the origin; around the mean the products
    # below cancel less.
    z = embeddings - ops.mean(embeddings, axis=0, keepdims=True)
    norms = ops.sum(ops.square(z), axis=-1)
    squared = (
        norms[:, None] + norms[None, :] - 2 * ops.matmul(z, ops.transpose(z))
    )
    # The slope of a square root at 0 is infinite: equal rows take the other
    # branch, where value and slope are 0.
    is_apart = squared > 1e-12
    distance = ops.sqrt(ops.where(is_apart, squared, 1.0))
    return -ops.where(is_apart, distance, 0.0)


def _log_sums_per_group(
    logits: Tensor, group_ids: Tensor, membership: Tensor
) -> Tensor:
    """`log sum_{k in group} exp(logits[i, k])`. Shape `(batch, groups)`.

    Each anchor and group has its own shift, its largest logit: a shift by the
    row's largest alone loses far groups at low temperature.
    """
    num_groups = membership.shape[-1]
    shift = ops.stop_gradient(
        ops.segment_max(ops.transpose(logits), group_ids, num_groups)
    )
    shift = ops.maximum(ops.transpose(shift), LOG_ZERO)
    scaled = ops.exp(logits - ops.take(shift, group_ids, axis=1))
    sums = ops.matmul(scaled, membership)
    is_some = sums > 0
    log_sums = ops.log(ops.where(is_some, sums, 1.0)) + shift
    return ops.where(is_some, log_sums, LOG_ZERO)


def _fold(
    per_group: Tensor,
    group_ids: Tensor,
    num_groups: int,
    nothing: float,
    combine: Any,
) -> Tensor:
    """From one column per group to one per distance from the anchor's group.

    Returns:
        `combine(per_group[i, g_i - d], per_group[i, g_i + d])` at column `d`,
        with the group itself once, at `d = 0`. Shape `(batch, groups)`.
    """
    distance = ops.arange(num_groups, dtype="int32")[None, :]
    below = group_ids[:, None] - distance
    above = group_ids[:, None] + distance
    low_side = ops.take_along_axis(per_group, ops.maximum(below, 0), axis=-1)
    high_side = ops.take_along_axis(
        per_group, ops.minimum(above, num_groups - 1), axis=-1
    )
    has_high = ops.logical_and(distance > 0, above < num_groups)
    return combine(
        ops.where(below >= 0, low_side, nothing),
        ops.where(has_high, high_side, nothing),
    )


@keras.saving.register_keras_serializable(package="keras_groupdir")
class OrdinalGroupContrastive(GroupLoss):
    """Orders embeddings by the distance between their label groups.

    Takes the float label and the embedding; see `ordinal_group_contrastive`
    for the formula. It compares the samples of a batch: under `tf.distribute`
    those of one replica, under `keras.distribution` the global batch.

    Args:
        groups: `LabelGroups`.
        temperature: Positive float. Defaults to `0.2`.
        similarity: `"cosine"` or `"l2"`. Defaults to `"cosine"`.
        reduction: As for `keras.losses.Loss`.
        name: As for `keras.losses.Loss`.
        dtype: As for `keras.losses.Loss`.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 5, num_groups=5)
    >>> loss = OrdinalGroupContrastive(groups, temperature=0.5)
    >>> value = loss([0.3, 2.2, 4.9], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    >>> float(value) > 0
    True
    """

    def __init__(
        self,
        groups: LabelGroups,
        temperature: float = 0.2,
        similarity: str = "cosine",
        reduction: str | None = "sum_over_batch_size",
        name: str = "ordinal_group_contrastive",
        dtype: Any = None,
    ) -> None:
        super().__init__(groups, reduction=reduction, name=name, dtype=dtype)
        self.temperature = check_positive("temperature", temperature)
        self.similarity = check_choice("similarity", similarity, SIMILARITIES)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ordinal_group_contrastive(
            self.group_ids(y_true),
            y_pred,
            self.groups.num_groups,
            self.temperature,
            self.similarity,
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "temperature": self.temperature,
            "similarity": self.similarity,
        }
