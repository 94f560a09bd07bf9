"""What replicas that train together can learn of each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from keras_groupdir.types import Tensor


@dataclass(frozen=True)
class Replicas:
    """What this replica can learn about the batches of all replicas.

    Attributes:
        gather: Concatenates a tensor of all replicas along its first axis, in
            their order. Gradients flow back, summed over the replicas.
        row: Where the rows here are among the gathered ones. Shape `(size,)`,
            int32.
    """

    gather: Callable[[Tensor], Tensor]
    row: Tensor


def current_replicas(size: Any) -> Replicas:
    """Who trains beside this replica at the moment.

    - TensorFlow: the other replicas of a `tf.distribute` strategy.
    - JAX: nobody. Under `keras.distribution` one program already sees the
      batch of all devices and processes.
    - torch: the other ranks of `torch.distributed`'s default group, as long as
      gradients are recorded: an evaluation may run on one rank alone, and would
      wait for the others forever.

    Args:
        size: Rows here, int or tensor. Ranks of torch must all have as many:
            others could not be gathered, and are refused.
    """
    gather, first_row = _gather_and_first_row(size)
    return Replicas(gather, first_row + ops.arange(size, dtype="int32"))


def _gather_and_first_row(size: Any) -> tuple[Callable[..., Tensor], Any]:
    backend = keras.config.backend()
    if backend == "tensorflow":
        return _of_tensorflow(size)
    if backend == "torch":
        return _of_torch(size)
    return _alone, 0


def _alone(rows: Tensor) -> Tensor:
    return rows


def _of_tensorflow(size: Any) -> tuple[Callable[..., Tensor], Any]:
    import tensorflow as tf

    # None where Keras builds a model outside of any replica.
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return _alone, 0

    def gather(rows: Tensor) -> Tensor:
        gathered = context.all_gather(rows, axis=0)
        return tf.ensure_shape(gathered, (None, *rows.shape[1:]))

    sizes = context.all_gather(tf.reshape(size, (1,)), axis=0)
    return gather, tf.reduce_sum(sizes[: context.replica_id_in_sync_group])


def _of_torch(size: int) -> tuple[Callable[..., Tensor], int]:
    import torch
    from torch import distributed

    if not (
        distributed.is_available()
        and distributed.is_initialized()
        and distributed.get_world_size() > 1
        and torch.is_grad_enabled()
    ):
        return _alone, 0
    rank, ranks = distributed.get_rank(), distributed.get_world_size()

    class Gather(torch.autograd.Function):
        """All ranks' rows; the gradient of this rank's, summed over ranks."""

        @staticmethod
        def forward(context: Any, rows: Tensor) -> Tensor:
            parts = [torch.empty_like(rows) for _ in range(ranks)]
            distributed.all_gather(parts, rows.contiguous())
            return torch.cat(parts)

        @staticmethod
        def backward(context: Any, gradient: Tensor) -> Tensor:
            gradient = gradient.contiguous().clone()
            distributed.all_reduce(gradient)
            return gradient.chunk(ranks)[rank]

    gather: Callable[..., Tensor] = Gather.apply
    # On the device that Keras uses, which the group's engine expects.
    sizes = gather(ops.convert_to_tensor([size], dtype="int32")).tolist()
    if len(set(sizes)) > 1:
        raise ValueError(
            "Every rank must bring as many samples as the others. "
            f"Received: batches of {sizes} samples"
        )
    return gather, size * rank
