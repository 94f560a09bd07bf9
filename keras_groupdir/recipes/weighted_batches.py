"""Batches of a data set, with sample weights by label."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np


class WeightedBatches(keras.utils.PyDataset):
    """The `(x, y)` batches of another data set, with weights.

    Args:
        batches: Data set of `(x, y)` batches.
        weigh: From labels to their weights, both of shape `(n,)`.
    """

    def __init__(
        self,
        batches: keras.utils.PyDataset,
        weigh: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        super().__init__(
            workers=batches.workers,
            use_multiprocessing=batches.use_multiprocessing,
            max_queue_size=batches.max_queue_size,
        )
        self._batches = batches
        self._weigh = weigh

    @property
    def num_batches(self) -> int | None:
        return self._batches.num_batches

    def __getitem__(self, index: int) -> tuple[Any, Any, np.ndarray]:
        x, y = inputs_and_labels(self._batches[index])
        labels = np.asarray(y).reshape(-1)
        return x, y, self._weigh(labels).astype("float32")

    def on_epoch_begin(self) -> None:
        self._batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._batches.on_epoch_end()


def inputs_and_labels(batch: Any) -> tuple[Any, Any]:
    """The two parts of a batch; an error if it has weights of its own."""
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        parts = len(batch) if isinstance(batch, tuple | list) else 1
        raise ValueError(
            "Batches must be (x, y), for a recipe that weighs samples or "
            f"freezes the encoder. Received: {parts} parts"
        )
    return batch[0], batch[1]
