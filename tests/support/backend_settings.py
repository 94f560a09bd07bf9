"""What a backend is told before the first test."""

import keras


def set_up_backend() -> None:
    """For small steps, in a process that shares the cores with others."""
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        # Steps of this size gain nothing from more.
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        # A test runs its graphs a few times: optimizing takes longer than that.
        tf.config.optimizer.set_experimental_options(
            {"disable_meta_optimizer": True}
        )
    if keras.config.backend() == "torch":
        import torch

        # torch warns once a process, so that which example of ours fails for
        # it would depend on which of them a process ran first.
        torch.set_warn_always(True)
