"""Training batches of faces, changed at random."""

import keras
import numpy as np

from apps.age.data import Faces
from apps.age.training_batches import TrainingBatches


class AugmentedFaces(keras.utils.PyDataset):
    """The batches of `apps.age`, without weights, as a data set with an end.

    With the one worker that is the default, no batch is made before its epoch
    has begun.

    Args:
        faces: Faces to train on.
        batch_size: Faces a batch.
        seed: Seed of order and augmentation.
        views: Versions of each face in a batch.
    """

    def __init__(
        self, faces: Faces, batch_size: int, seed: int, views: int
    ) -> None:
        super().__init__()
        self._faces = faces
        self._batches = TrainingBatches(faces, batch_size, seed, views=views)
        self._epoch = 0
        self._order = self._batches.order(0)

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        images, ages, _ = self._batches.batch(self._order, self._epoch, index)
        return images, ages

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._order = self._batches.order(self._epoch)

    @property
    def plain(self) -> tuple[np.ndarray, np.ndarray]:
        """All faces as they are, for frozen encoders."""
        return self._faces.images, self._faces.ages
