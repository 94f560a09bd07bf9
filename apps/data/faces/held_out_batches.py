"""Batches of faces to validate on."""

import keras
import numpy as np

from apps.data.faces.data import Faces

Batch = tuple[np.ndarray, np.ndarray, np.ndarray]


class HeldOutBatches(keras.utils.PyDataset):
    """Faces as they are, in order; the last batch is filled up.

    What fills it up weighs nothing, so weighted metrics are exact, and devices
    can share every batch evenly.

    Args:
        faces: Faces, or embeddings of them.
        batch_size: Faces a batch, of all processes together.
        share: Which part of every batch is this process's, and of how many.
            Defaults to `(0, 1)`.
    """

    def __init__(
        self, faces: Faces, batch_size: int, share: tuple[int, int] = (0, 1)
    ) -> None:
        super().__init__()
        self._faces = faces
        self._batch_size = batch_size
        self._share = share

    def __len__(self) -> int:
        return -(-len(self._faces.ages) // self._batch_size)

    def __getitem__(self, index: int) -> Batch:
        part, parts = self._share
        start = index * self._batch_size
        rows = np.arange(start, start + self._batch_size)[part::parts]
        is_there = rows < len(self._faces.ages)
        rows = np.where(is_there, rows, 0)
        return (
            np.asarray(self._faces.images[rows]),
            self._faces.ages[rows],
            is_there.astype("float32"),
        )
