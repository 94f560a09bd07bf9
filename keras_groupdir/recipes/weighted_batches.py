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
        x, y = self._batches[index]
        labels = np.asarray(y).reshape(-1)
        return x, y, self._weigh(labels).astype("float32")

    def on_epoch_begin(self) -> None:
        self._batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._batches.on_epoch_end()
