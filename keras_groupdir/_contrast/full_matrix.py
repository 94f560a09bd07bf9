"""Eq. (2) for any similarity and temperature, differentiated by the backend."""

from keras import ops

from keras_groupdir._contrast.all_samples import AllSamples
from keras_groupdir._contrast.by_distance import fold
from keras_groupdir._contrast.similarities import similarities
from keras_groupdir._numerics import LOG_ZERO
from keras_groupdir._numerics import log_add_exp
from keras_groupdir._numerics import reverse_cumulative_logsumexp
from keras_groupdir.types import Tensor


def full_matrix_losses(
    batch: AllSamples, embeddings: Tensor, temperature: float, similarity: str
) -> Tensor:
    """Loss of each anchor of this replica against the samples of all.

    Sums are kept as logs per anchor and group, so that none leaves float32.

    Args:
        batch: Groups of the anchors and of all samples.
        embeddings: Float32. Shape `(anchors, features)`.
        temperature: Positive float.
        similarity: `"cosine"` or `"l2"`.

    Returns:
        Shape `(anchors,)`.
    """
    is_self = ops.equal(batch.row[:, None], batch.columns)
    everyone = batch.replicas.gather(embeddings)
    logits = similarities(embeddings, everyone, similarity) / temperature
    log_sums = _log_sums_per_group(
        ops.where(is_self, LOG_ZERO, logits), batch.all_ids, batch.all_one_hot
    )
    log_far = reverse_cumulative_logsumexp(
        fold(log_sums, batch.group_ids, LOG_ZERO, log_add_exp),
        batch.one_hot.shape[-1],
    )
    pairs_at = fold(batch.counts, batch.group_ids, 0.0, ops.add)

    # Distances without a pair have `log_far` near LOG_ZERO: not summed.
    far = ops.sum(pairs_at * ops.where(pairs_at > 0, log_far, 0.0), axis=-1)
    near = ops.sum(ops.where(is_self, 0.0, logits), axis=-1)
    return ops.divide_no_nan(far - near, batch.others)


def _log_sums_per_group(
    logits: Tensor, group_ids: Tensor, membership: Tensor
) -> Tensor:
    """`log sum_{k in group} exp(logits[i, k])`. Shape `(anchors, groups)`.

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
    # NaN is not 0, and stays.
    is_none = sums <= 0
    log_sums = ops.log(ops.where(is_none, 1.0, sums)) + shift
    return ops.where(is_none, LOG_ZERO, log_sums)
