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


def values_and_gradient(function):
    """Compiles values of a function and the gradient of their sum.

    Args:
        function: From arrays to a tensor; differentiated by the first.

    Returns:
        Function from NumPy arrays to a list of two. Eager on torch.
    """
    makers = {
        "jax": _jax_values,
        "tensorflow": _tensorflow_values,
        "torch": _torch_values,
    }
    return makers[keras.config.backend()](function)


def _jax_values(function):
    import jax

    def total(*arrays):
        values = function(*arrays)
        return values.sum(), values

    step = jax.jit(jax.value_and_grad(total, has_aux=True))

    def run(*arrays):
        (_, values), gradients = step(*arrays)
        return [np.asarray(values), np.asarray(gradients)]

    return run


def _tensorflow_values(function):
    import tensorflow as tf

    @tf.function
    def step(x, *more):
        with tf.GradientTape() as tape:
            tape.watch(x)
            values = function(x, *more)
        return values, tape.gradient(values, x)

    def run(*arrays):
        found = step(*map(tf.constant, arrays))
        return [tf.convert_to_tensor(value).numpy() for value in found]

    return run


def _torch_values(function):
    import torch

    def run(*arrays):
        x, *more = map(torch.tensor, arrays)
        values = function(x.requires_grad_(), *more)
        values.sum().backward()
        return [values.detach().numpy(), x.grad.numpy()]

    return run
