"""Compiles the value and the gradient of a function, as `fit` would."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from apps.benchmarks.forms import Form
from apps.benchmarks.forms import unsized

Run = Callable[[], Any]


def value_and_gradient(
    form: Form, group_ids: np.ndarray, embeddings: np.ndarray
) -> Run:
    """Prepares a call that returns when value and gradient are there.

    JAX is compiled for the shape, TensorFlow traced as a graph without XLA (for
    any size of batch if the form is `unsized`) and torch left eager: what
    Keras does in `fit` on a CPU.

    Args:
        form: From group ids and embeddings to a loss.
        group_ids: Shape `(batch,)`.
        embeddings: Shape `(batch, features)`.

    Returns:
        Function without arguments. Nothing of the size of the batch has been
        computed yet.
    """
    prepare = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}
    return prepare[keras.config.backend()](form, group_ids, embeddings)


def _jax(form: Form, group_ids: np.ndarray, embeddings: np.ndarray) -> Run:
    import jax

    ids, z = jax.numpy.asarray(group_ids), jax.numpy.asarray(embeddings)
    gradient = jax.jit(jax.value_and_grad(form, argnums=1))
    compiled = gradient.lower(ids, z).compile()
    wait: Callable[[Any], Any] = jax.block_until_ready
    return lambda: wait(compiled(ids, z))


def _tensorflow(
    form: Form, group_ids: np.ndarray, embeddings: np.ndarray
) -> Run:
    import tensorflow as tf

    def eager(ids: Any, z: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(z)
            value = form(ids, z)
        return value, tape.gradient(value, z)

    graph = tf.function(eager)
    ids, z = tf.constant(group_ids), tf.constant(embeddings)
    # Graph and kernels exist before the first measured call.
    graph(ids[:32], z[:32])
    if form is unsized:
        concrete = graph.get_concrete_function(
            tf.TensorSpec((None,), ids.dtype),
            tf.TensorSpec((None, z.shape[1]), z.dtype),
        )
        concrete(ids[:32], z[:32])
    else:
        concrete = graph.get_concrete_function(ids, z)
    return lambda: [x.numpy() for x in concrete(ids, z)]


def _torch(form: Form, group_ids: np.ndarray, embeddings: np.ndarray) -> Run:
    import torch

    # Where Keras has them: on a GPU, if there is one.
    ids = keras.ops.convert_to_tensor(group_ids)
    z = keras.ops.convert_to_tensor(embeddings)

    def run() -> Any:
        leaf = z.detach().requires_grad_(True)
        value = form(ids, leaf)
        value.backward()
        if z.is_cuda:
            torch.cuda.synchronize()
        return value.detach(), leaf.grad

    run_small(form, ids, z)
    return run


def run_small(form: Form, ids: Any, z: Any) -> None:
    """Loads torch's kernels with a small batch."""
    leaf = z[:32].detach().requires_grad_(True)
    form(ids[:32], leaf).backward()
