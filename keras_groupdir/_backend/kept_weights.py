"""Weights that outlive an error in training."""

import contextlib
from collections.abc import Iterator

import keras


@contextlib.contextmanager
def kept_weights(model: keras.Model) -> Iterator[None]:
    """An error inside, in `fit` or `evaluate`, leaves a model to train on.

    On JAX, Keras 3.15 takes weights off a model before the first step and puts
    those of the last step back: of none, where the first one fails. On
    TensorFlow a function whose first trace failed may make no more variables.
    """
    variables, values = [], []
    # A model that was never compiled has none, and Keras says so.
    optimizer = getattr(model, "optimizer", None)
    if keras.config.backend() == "jax" and optimizer is not None:
        if not optimizer.built:
            optimizer.build(model.trainable_variables)
        variables = [*model.variables, *optimizer.variables]
        values = [variable.value for variable in variables]
    try:
        yield
    except BaseException:
        model.train_function = model.test_function = None
        for variable, value in zip(variables, values, strict=True):
            if variable._value is None:
                variable.assign(value)
        raise
