"""Training without graphs, which take longer to make than some steps."""

import contextlib

import keras
import pytest


@contextlib.contextmanager
def eagerly():
    """What is trained inside is not traced or compiled. (torch never does.)"""
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)
        return
    with pytest.MonkeyPatch.context() as patch:
        if keras.config.backend() == "jax":
            # Operations are still compiled, once each in a process; steps of
            # every model are not.
            always = property(lambda self: True, lambda self, value: None)
            patch.setattr(keras.Model, "run_eagerly", always)
        yield
