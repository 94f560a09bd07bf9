"""Inputs of a data set, kept as they came."""

from typing import Any

import keras


class KeptBatches(keras.utils.PyDataset):
    """Batches of inputs in one order, for `predict`.

    They need not fit together: sentences, say, are as long as the longest of
    their batch.

    Args:
        inputs: Of each batch, an array or a structure of arrays.
    """

    def __init__(self, inputs: list[Any]) -> None:
        super().__init__()
        self._inputs = inputs

    @property
    def num_batches(self) -> int:
        return len(self._inputs)

    def __getitem__(self, index: int) -> tuple[Any]:
        return (self._inputs[index],)
