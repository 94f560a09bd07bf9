"""Training without graphs, which take longer to make than some steps."""

import contextlib

import keras


@contextlib.contextmanager
def eagerly():
    """What is trained inside on TensorFlow is not traced.

    (torch never does; JAX compiles faster than it takes single steps.)
    """
    if keras.config.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
