"""Gradients, by the automatic differentiation of the backend in use."""

import keras
import numpy as np


def gradient(function, x):
    """Gradient at `x` of a function that returns one number, as NumPy."""
    start = np.asarray(x, dtype="float32")
    gradients = {
        "jax": _jax_gradient,
        "tensorflow": _tensorflow_gradient,
        "torch": _torch_gradient,
    }
    return gradients[keras.config.backend()](function, start)


def _jax_gradient(function, start):
    import jax

    return np.asarray(jax.grad(function)(start))


def _tensorflow_gradient(function, start):
    import tensorflow as tf

    variable = tf.Variable(start)
    with tf.GradientTape() as tape:
        value = function(variable)
    return tf.convert_to_tensor(tape.gradient(value, variable)).numpy()


def _torch_gradient(function, start):
    import torch

    variable = torch.tensor(start, requires_grad=True)
    function(variable).backward()
    return variable.grad.numpy()


def compiled(function):
    """The function as XLA compiles it, where the backend has XLA."""
    if keras.config.backend() == "jax":
        import jax

        return jax.jit(function)
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, jit_compile=True)
    return function
