"""How a run is spread over devices."""

import contextlib
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class Strategy:
    """Where models are built, and what this process does.

    Attributes:
        scope: Context in which a model is built and compiled.
        share: Which part of every batch is this process's, and of how many.
        wait: Returns when all processes have called it.
    """

    scope: Callable[[], AbstractContextManager[None]]
    share: tuple[int, int] = (0, 1)
    wait: Callable[[], None] = lambda: None

    @property
    def writes(self) -> bool:
        """Whether this process writes files."""
        return self.share[0] == 0


def start_strategy(name: str) -> Strategy:
    """Prepares devices; call it before anything touches one.

    Args:
        name: `"none"`; `"mirrored"`, the replicas of `tf.distribute`;
            `"data_parallel"`, all devices of JAX; or `"multi_worker"`, several
            JAX processes, told of each other by the variables
            `KERAS_DISTRIBUTION_JOB_ADDRESSES`,
            `KERAS_DISTRIBUTION_NUM_PROCESSES` and
            `KERAS_DISTRIBUTION_PROCESS_ID`.
    """
    if name == "none":
        return Strategy(contextlib.nullcontext)
    _check_backend(name)
    if name == "mirrored":
        import tensorflow as tf

        return Strategy(tf.distribute.MirroredStrategy().scope)
    if name == "data_parallel":
        return Strategy(lambda: _distributed(auto_shard_dataset=True))
    return _multi_worker()


def _multi_worker() -> Strategy:
    keras.distribution.initialize()
    import jax
    from jax.experimental.multihost_utils import sync_global_devices

    return Strategy(
        lambda: _distributed(auto_shard_dataset=False),
        (jax.process_index(), jax.process_count()),
        lambda: sync_global_devices("stage"),
    )


@contextlib.contextmanager
def _distributed(auto_shard_dataset: bool) -> Iterator[None]:
    """Keras's data parallelism, and none after that."""
    keras.distribution.set_distribution(
        keras.distribution.DataParallel(auto_shard_dataset=auto_shard_dataset)
    )
    try:
        yield
    finally:
        keras.distribution.set_distribution(None)


def _check_backend(name: str) -> None:
    needed = "tensorflow" if name == "mirrored" else "jax"
    if keras.config.backend() != needed:
        hint = (
            ""
            if needed == "tensorflow" or keras.config.backend() == "torch"
            else " Keras 3.15 cannot fit under MultiWorkerMirroredStrategy."
        )
        raise ValueError(
            f"`strategy` {name!r} needs KERAS_BACKEND={needed}. Received: "
            f"{keras.config.backend()}.{hint}"
        )
