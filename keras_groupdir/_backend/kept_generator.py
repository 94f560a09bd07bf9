"""The caller's generator, which training on another seed leaves as it was."""

from contextlib import AbstractContextManager
from contextlib import nullcontext

import keras


def kept_generator() -> AbstractContextManager[None]:
    """Gives torch's global generators back as they were, on all devices.

    JAX has none. TensorFlow's and Keras's own cannot be read in public.
    """
    if keras.config.backend() != "torch":
        return nullcontext()
    import torch

    # Of a Mac's GPU it would be "mps", which is not asked for.
    devices = range(torch.cuda.device_count())
    return torch.random.fork_rng(devices, device_type="cuda")
