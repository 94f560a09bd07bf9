"""Where each entry went, of the rows of a matrix."""

import keras
from keras import ops

from keras_groupdir.types import Tensor


def inverse_permutations(order: Tensor) -> Tensor:
    """The place of each number in its row.

    A second `argsort` gives the same. On JAX and torch a scatter stands in for
    it.

    Args:
        order: Each row holds the numbers below its length once. Shape
            `(rows, size)`.

    Returns:
        With `order[i, result[i, j]] == j`. Shape `(rows, size)`.
    """
    backend = keras.config.backend()
    if backend == "tensorflow":
        return ops.argsort(order, axis=-1)
    if backend == "jax":
        import jax.numpy as jnp

        numbers = jnp.broadcast_to(jnp.arange(order.shape[1]), order.shape)
        return jnp.put_along_axis(
            jnp.zeros_like(order), order, numbers, axis=1, inplace=False
        )
    import torch

    place = torch.arange(order.shape[1], device=order.device)
    return torch.empty_like(order).scatter_(
        1, order, place.to(order.dtype).expand_as(order)
    )
