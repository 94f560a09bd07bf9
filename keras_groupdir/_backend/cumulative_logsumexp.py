"""Running sums of exponentials, in logs."""

import keras

from keras_groupdir.types import Tensor


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
