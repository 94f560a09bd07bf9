"""The only file that imports a backend: replicas, loops, cumulative logs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from keras_groupdir.types import Tensor


@dataclass(frozen=True)
class Replicas:
    """What this replica can learn about the batches of all replicas.

    Attributes:
        gather: Concatenates a tensor of all replicas along its first axis, in
            their order. Slopes flow back, summed over the replicas.
        first_row: Takes the number of rows here and returns where they begin
            among the gathered ones. To be called before `gather`: it refuses
            sizes that the backend could not gather.
    """

    gather: Callable[[Tensor], Tensor]
    first_row: Callable[[Any], Any]


ALONE = Replicas(gather=lambda rows: rows, first_row=lambda size: 0)


def current_replicas() -> Replicas:
    """Who trains beside this replica at the moment.

    - TensorFlow: the other replicas of a `tf.distribute` strategy.
    - JAX: nobody. Under `keras.distribution` one program already sees the
      batch of all devices and processes.
    - torch: the other ranks of `torch.distributed`'s default group, as long as
      slopes are recorded: an evaluation may run on one rank alone, and would
      wait for the others forever.
    """
    backend = keras.config.backend()
    if backend == "tensorflow":
        return _tensorflow_replicas()
    if backend == "torch":
        return _torch_replicas()
    return ALONE


def _tensorflow_replicas() -> Replicas:
    import tensorflow as tf

    # None where Keras builds a model outside of any replica.
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return ALONE

    def first_row(size: Any) -> Any:
        sizes = context.all_gather(tf.reshape(size, (1,)), axis=0)
        return tf.reduce_sum(sizes[: context.replica_id_in_sync_group])

    def gather(rows: Tensor) -> Tensor:
        gathered = context.all_gather(rows, axis=0)
        return tf.ensure_shape(gathered, (None, *rows.shape[1:]))

    return Replicas(gather, first_row)


def _torch_replicas() -> Replicas:
    import torch
    from torch import distributed

    if not (
        distributed.is_available()
        and distributed.is_initialized()
        and distributed.get_world_size() > 1
        and torch.is_grad_enabled()
    ):
        return ALONE
    rank, ranks = distributed.get_rank(), distributed.get_world_size()

    class Gather(torch.autograd.Function):
        """All ranks' rows; the slope of this rank's, summed over ranks."""

        @staticmethod
        def forward(context: Any, rows: Tensor) -> Tensor:
            parts = [torch.empty_like(rows) for _ in range(ranks)]
            distributed.all_gather(parts, rows.contiguous())
            return torch.cat(parts)

        @staticmethod
        def backward(context: Any, slope: Tensor) -> Tensor:
            slope = slope.contiguous().clone()
            distributed.all_reduce(slope)
            return slope.chunk(ranks)[rank]

    gather: Callable[..., Tensor] = Gather.apply

    def first_row(size: int) -> int:
        # On the device that Keras uses, which the group's engine expects.
        here = ops.convert_to_tensor([size], dtype="int32")
        sizes = gather(here).tolist()
        if len(set(sizes)) > 1:
            raise ValueError(
                "Every rank must bring as many samples as the others. "
                f"Received: batches of {sizes} samples"
            )
        return size * rank

    return Replicas(gather, first_row)


def map_rows(
    function: Callable[..., Tensor], rows: tuple[Tensor, ...], height: Any
) -> Tensor:
    """Applies a function to `height` rows at a time, one tile after another.

    `ops.map` alone would not save memory everywhere: on TensorFlow it works on
    up to ten tiles at once, and on torch the small results that it keeps apart
    fragment the heap.

    Args:
        function: From tiles of `rows`, each `(height, ...)`, to `(height, k)`.
            It may see rows after the last one, of zeros or repeated.
        rows: Tensors with the same number of rows.
        height: Rows of a tile; a whole number, or on TensorFlow a tensor.

    Returns:
        What `function` returns for all rows. Shape `(rows, k)`. Not to be
        differentiated through.
    """
    maps = {
        "tensorflow": _tensorflow_map_rows,
        "jax": _jax_map_rows,
        "torch": _torch_map_rows,
    }
    return maps[keras.config.backend()](function, rows, height)


def _tensorflow_map_rows(
    function: Callable[..., Tensor], rows: tuple[Tensor, ...], height: Any
) -> Tensor:
    import tensorflow as tf

    sample = function(*(x[:0] for x in rows))
    width, size = sample.shape[-1], tf.shape(rows[0])[0]

    def tiles() -> Tensor:
        return _tensorflow_map_tiles(function, rows, height, sample)

    # No rows are the rule where all of a batch is kept.
    return tf.cond(size > 0, tiles, lambda: tf.zeros((size, width)))


def _tensorflow_map_tiles(
    function: Callable[..., Tensor],
    rows: tuple[Tensor, ...],
    height: Any,
    sample: Tensor,
) -> Tensor:
    import tensorflow as tf

    size = tf.shape(rows[0])[0]
    # XLA compiles this for no rows as well, but no tiles cannot be stacked.
    missing = tf.cast(tf.equal(size, 0), tf.int32)
    rows = tuple(
        tf.pad(x, [[0, missing]] + [[0, 0]] * (len(x.shape) - 1)) for x in rows
    )
    last = size + missing - 1
    num_tiles = (last + height) // height

    # Tiles are gathered one by one: cut up beforehand, they would be a second
    # copy of all rows. The last one repeats the last row.
    def tile(number: Tensor) -> Tensor:
        wanted = number * height + tf.range(height)
        wanted = tf.minimum(wanted, last)
        return function(*(tf.gather(x, wanted) for x in rows))

    mapped = tf.map_fn(
        tile,
        tf.range(num_tiles),
        parallel_iterations=1,
        fn_output_signature=tf.TensorSpec(
            (height if isinstance(height, int) else None, sample.shape[-1]),
            sample.dtype,
        ),
    )
    return tf.reshape(mapped, (num_tiles * height, sample.shape[-1]))[:size]


def _jax_map_rows(
    function: Callable[..., Tensor], rows: tuple[Tensor, ...], height: int
) -> Tensor:
    size = rows[0].shape[0]
    num_tiles = -(-size // height)

    # Rows `k, k + num_tiles, ...` in tile `k`: rows next to each other would
    # lie on one device when a batch is spread over several, and the devices
    # would take turns.
    def cut(x: Tensor) -> Tensor:
        missing = num_tiles * height - size
        padded = ops.pad(x, [[0, missing]] + [[0, 0]] * (x.ndim - 1))
        spread = ops.reshape(padded, (height, num_tiles, *x.shape[1:]))
        return ops.swapaxes(spread, 0, 1)

    mapped = ops.map(lambda tile: function(*tile), tuple(map(cut, rows)))
    joined = ops.swapaxes(mapped, 0, 1)
    return ops.reshape(joined, (height * num_tiles, mapped.shape[-1]))[:size]


def _torch_map_rows(
    function: Callable[..., Tensor], rows: tuple[Tensor, ...], height: int
) -> Tensor:
    first = function(*(x[:height] for x in rows))
    result = first.new_empty((len(rows[0]), first.shape[-1]))
    result[:height] = first
    for start in range(height, len(rows[0]), height):
        stop = start + height
        result[start:stop] = function(*(x[start:stop] for x in rows))
    return result


def cumulative_logsumexp(x: Tensor, reverse: bool = False) -> Tensor:
    """Log of the running sums of `exp(x)` along the last axis.

    Keras has none, every backend does, stable at any scale.

    Args:
        x: Logs. Shape `(rows, size)`.
        reverse: Sum from the last entry on.

    Returns:
        Shape `(rows, size)`.
    """
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.math.cumulative_logsumexp(x, axis=-1, reverse=reverse)
    if backend == "jax":
        import jax

        return jax.lax.cumlogsumexp(x, axis=x.ndim - 1, reverse=reverse)
    import torch

    if reverse:
        return torch.logcumsumexp(x.flip(-1), dim=-1).flip(-1)
    return torch.logcumsumexp(x, dim=-1)
