"""A function on a few rows of a batch at a time."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keras_groupdir.types import Tensor


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
