"""Training without graphs, which take longer to make than some steps."""

import contextlib

import keras


@contextlib.contextmanager
def eagerly():
    """What is trained inside is neither traced nor compiled."""
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.run_functions_eagerly(True)
        yield
        tf.config.run_functions_eagerly(False)
    elif keras.config.backend() == "jax":
        import jax

        with jax.disable_jit():
            yield
    else:
        yield
