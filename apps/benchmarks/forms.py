"""Ways to compute the same contrastive loss, and what they are measured by."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from keras_groupdir.losses import ordinal_group_contrastive
from keras_groupdir.losses import rank_n_contrast

NUM_GROUPS = 20
TEMPERATURE = 0.2

Form = Callable[[Any, Any], Any]


def plain(group_ids: Any, embeddings: Any) -> Any:
    """What any loss on all pairs has to do: `z @ z.T` and its gradient."""
    z = ops.normalize(embeddings)
    return 0.5 * ops.sum(ops.square(ops.matmul(z, ops.transpose(z))))


def kept(group_ids: Any, embeddings: Any) -> Any:
    """This library's loss, similarities kept for the gradient."""
    return _ours(group_ids, embeddings, tile_rows=None)


def tiled(group_ids: Any, embeddings: Any) -> Any:
    """This library's loss, similarities computed twice, 4 MiB at a time."""
    return _ours(group_ids, embeddings, 2**20 // ops.shape(group_ids)[0])


def unsized(group_ids: Any, embeddings: Any) -> Any:
    """This library's loss where TensorFlow does not know the batch's size."""
    return _ours(group_ids, embeddings, tile_rows="auto")


def autodiff(group_ids: Any, embeddings: Any) -> Any:
    """Sums per group, the gradient left to the backend."""
    z, positions = ops.normalize(embeddings), ops.arange(group_ids.shape[0])
    logits = ops.matmul(z, ops.transpose(z)) / TEMPERATURE
    is_self = ops.equal(positions[:, None], positions[None, :])
    members = ops.one_hot(group_ids, NUM_GROUPS)
    sums = ops.matmul(ops.where(is_self, 0.0, ops.exp(logits)), members)
    # Of each group, for each other one: those at least as far from it.
    apart = np.abs(np.subtract.outer(range(NUM_GROUPS), range(NUM_GROUPS)))
    is_far = ops.convert_to_tensor(
        apart[:, :, None] <= apart[:, None, :], dtype="float32"
    )
    far = ops.einsum("bm,bkm->bk", sums, ops.take(is_far, group_ids, axis=0))
    counts = ops.sum(members, axis=0)[None, :] - members
    log_far = ops.log(ops.where(counts > 0, far, 1.0))
    total = ops.sum(counts * log_far, axis=-1) - ops.sum(
        ops.where(is_self, 0.0, logits), axis=-1
    )
    return ops.mean(total) / (group_ids.shape[0] - 1)


def row_sort(group_ids: Any, embeddings: Any) -> Any:
    """Every row sorted by distance, `O(batch**2 * log(batch))`."""
    return ops.mean(
        rank_n_contrast(group_ids, embeddings, TEMPERATURE, "cosine")
    )


def loop(group_ids: Any, embeddings: Any) -> Any:
    """One pass over all pairs per partner, `O(batch**3)`: the definition."""
    z = ops.normalize(embeddings)
    logits = ops.matmul(z, ops.transpose(z)) / TEMPERATURE
    size = group_ids.shape[0]
    positions = ops.arange(size)
    is_other = ops.not_equal(positions[:, None], positions[None, :])
    distance = ops.abs(group_ids[:, None] - group_ids[None, :])

    def add_partner(j: Any, total: Any) -> Any:
        own = ops.take(distance, j, axis=1)[:, None]
        is_far = ops.logical_and(distance >= own, is_other)
        far = ops.logsumexp(ops.where(is_far, logits, -1e30), axis=1)
        term = far - ops.take(logits, j, axis=1)
        return total + ops.where(ops.equal(positions, j), 0.0, term)

    total = ops.fori_loop(0, size, add_partner, ops.zeros((size,)))
    return ops.mean(total) / (size - 1)


def _ours(group_ids: Any, embeddings: Any, tile_rows: Any) -> Any:
    return ops.mean(
        ordinal_group_contrastive(
            group_ids,
            embeddings,
            NUM_GROUPS,
            TEMPERATURE,
            tile_rows=tile_rows,
        )
    )


FORMS: dict[str, Form] = {
    form.__name__: form
    for form in (plain, kept, tiled, unsized, autodiff, row_sort, loop)
}
