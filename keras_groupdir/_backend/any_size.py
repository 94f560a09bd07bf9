"""Sizes that an exported program of torch leaves open."""

from typing import Any

import keras


def any_size(inputs: Any) -> Any:
    """What `torch.export` has to be told, or it keeps the sizes of a sample.

    Args:
        inputs: Symbolic input, or a structure of them; a size that is None may
            be anything from 1 on, and all share the batch.

    Returns:
        `dynamic_shapes` of `torch.export.export`, for a model's `*args`.
    """
    from torch.export import Dim

    batch = Dim("batch", min=1)
    tensors = keras.tree.flatten(inputs)
    open_sizes = [
        {
            axis: batch if axis == 0 else Dim(f"size_{place}_{axis}", min=1)
            for axis, size in enumerate(tensor.shape)
            if size is None
        }
        for place, tensor in enumerate(tensors)
    ]
    return [(keras.tree.pack_sequence_as(inputs, open_sizes),)]
