"""The samples of a batch over all replicas."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from keras_groupdir._backend.replicas import Replicas
from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir.types import Tensor


@dataclass(frozen=True)
class AllSamples:
    """Groups of the anchors here and of the samples of all replicas.

    Attributes:
        replicas: Where the other samples come from.
        group_ids: Group of each anchor. Shape `(anchors,)`.
        one_hot: The same as rows. Shape `(anchors, groups)`.
        row: Where each anchor is among all samples. Shape `(anchors,)`.
        all_ids: Groups of all replicas' samples. Shape `(batch,)`.
        all_one_hot: The same as rows. Shape `(batch, groups)`.
        size: Number of anchors, int or tensor.
        all_size: Number of samples, int or tensor.
    """

    replicas: Replicas
    group_ids: Tensor
    one_hot: Tensor
    row: Tensor
    all_ids: Tensor
    all_one_hot: Tensor
    size: Any
    all_size: Any

    @property
    def others(self) -> Tensor:
        """Samples beside an anchor, `batch - 1`, a float."""
        return ops.cast(self.all_size - 1, "float32")

    @property
    def columns(self) -> Tensor:
        """Positions of all samples, to compare with `row`. `(1, batch)`."""
        return ops.arange(self.all_size, dtype="int32")[None, :]

    @property
    def counts(self) -> Tensor:
        """Samples of each group beside the anchor. `(anchors, groups)`."""
        return ops.sum(self.all_one_hot, axis=0)[None, :] - self.one_hot


def all_samples(group_ids: Tensor, num_groups: int) -> AllSamples:
    """Gathers the groups of all replicas.

    Args:
        group_ids: Int32. Shape `(anchors,)`.
        num_groups: Number of groups.
    """
    size = ops.shape(group_ids)[0]
    replicas = current_replicas(size)
    all_ids = replicas.gather(group_ids)
    return AllSamples(
        replicas,
        group_ids,
        ops.one_hot(group_ids, num_groups, dtype="float32"),
        replicas.row,
        all_ids,
        ops.one_hot(all_ids, num_groups, dtype="float32"),
        size,
        ops.shape(all_ids)[0],
    )
