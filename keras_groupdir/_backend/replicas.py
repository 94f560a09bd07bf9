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
        first_row: Takes the number of rows here and returns where they begin
            among the gathered ones. To be called before `gather`: it refuses
            sizes that the backend could not gather.
    """

    gather: Callable[[Tensor], Tensor]
    first_row: Callable[[Any], Any]


ALONE = Replicas(gather=lambda rows: rows, first_row=lambda size: 0)


def current_replicas() -> Replicas:
    """Who trains beside this replica at the moment.

    - TensorFlow: the other replicas of a `tf.distribute` strategy.
    - JAX: nobody. Under `keras.distribution` one program already sees the
      batch of all devices and processes.
    - torch: the other ranks of `torch.distributed`'s default group, as long as
      gradients are recorded: an evaluation may run on one rank alone, and would
      wait for the others forever.
    """
    backend = keras.config.backend()
    if backend == "tensorflow":
        return _tensorflow_replicas()
    if backend == "torch":
        return _torch_replicas()
    return ALONE


def _tensorflow_replicas() -> Replicas:
    import tensorflow as tf

    # None where Keras builds a model outside of any replica.
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return ALONE

    def first_row(size: Any) -> Any:
        sizes = context.all_gather(tf.reshape(size, (1,)), axis=0)
        return tf.reduce_sum(sizes[: context.replica_id_in_sync_group])

    def gather(rows: Tensor) -> Tensor:
        gathered = context.all_gather(rows, axis=0)
        return tf.ensure_shape(gathered, (None, *rows.shape[1:]))

    return Replicas(gather, first_row)


def _torch_replicas() -> Replicas:
    import torch
    from torch import distributed

    if not (
        distributed.is_available()
        and distributed.is_initialized()
        and distributed.get_world_size() > 1
        and torch.is_grad_enabled()
    ):
        return ALONE
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

    def first_row(size: int) -> int:
        # On the device that Keras uses, which the group's engine expects.
        here = ops.convert_to_tensor([size], dtype="int32")
        sizes = gather(here).tolist()
        if len(set(sizes)) > 1:
            raise ValueError(
                "Every rank must bring as many samples as the others. "
                f"Received: batches of {sizes} samples"
            )
        return size * rank

    return Replicas(gather, first_row)
