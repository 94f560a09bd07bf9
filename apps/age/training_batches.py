"""Training batches, the same ones whenever a run is repeated or resumed."""

from collections.abc import Iterator

import numpy as np

from apps.age.augment import crop_and_flip
from apps.age.augment import padding_of
from apps.age.data import Faces

Batch = tuple[np.ndarray, np.ndarray, np.ndarray]


class TrainingBatches:
    """Augmented faces in a new order each epoch, all batches full.

    Order and augmentation follow from the seed, the epoch and the number of
    the batch alone. They are handed to Keras as one endless stream: told of
    the end of an epoch, as a `PyDataset` is, a data set that reads ahead may
    already have read on in the old order. What does not fill a batch is left
    out of an epoch.

    Args:
        faces: Faces to train on.
        batch_size: Faces a batch, of all processes together.
        seed: Seed of order and augmentation.
        weights: Weight of each face. Shape `(n,)`. Defaults to 1 for all.
        views: Versions of each face in a batch, one after the other; with two
            a batch has twice as many rows. Defaults to `1`.
        share: Which part of every batch is this process's, and of how many.
            Defaults to `(0, 1)`.

    `len()` is the number of batches in an epoch.
    """

    def __init__(
        self,
        faces: Faces,
        batch_size: int,
        seed: int,
        weights: np.ndarray | None = None,
        views: int = 1,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        self._faces = faces
        self._batch_size = min(batch_size, len(faces.ages))
        self._seed = seed
        ones = np.ones(len(faces.ages), "float32")
        self._weights = ones if weights is None else weights.astype("float32")
        self._views = views
        if self._batch_size % share[1]:
            raise ValueError(
                "`batch_size` must be a multiple of the number of processes. "
                f"Received: batch_size={self._batch_size}, {share[1]} processes"
            )
        self._share = share
        self._padding = padding_of(faces.images.shape[1])

    def __len__(self) -> int:
        return len(self._faces.ages) // self._batch_size

    def epoch(self, number: int) -> Iterator[Batch]:
        """Images, ages and weights of all batches of an epoch, from 0."""
        order = self.order(number)
        for index in range(len(self)):
            yield self.batch(order, number, index)

    def order(self, epoch: int) -> np.ndarray:
        """The faces in the order of an epoch, from 0. Shape `(n,)`."""
        rng = np.random.default_rng((self._seed, epoch))
        return rng.permutation(len(self._faces.ages))

    def batch(self, order: np.ndarray, epoch: int, index: int) -> Batch:
        """Images, ages and weights of one batch of an epoch.

        Args:
            order: From `order(epoch)`.
            epoch: Number of the epoch, from 0.
            index: Number of the batch in it, from 0.
        """
        part, parts = self._share
        start = index * self._batch_size
        rows = order[start : start + self._batch_size]
        rng = np.random.default_rng((self._seed, epoch, index, part))
        # Sorted rows are read faster from a file, and their order in a batch
        # means nothing.
        return self._batch(np.sort(rows[part::parts]), rng)

    def stream(self, first_epoch: int = 0) -> Iterator[Batch]:
        """All batches from the beginning of an epoch on, without end."""
        number = first_epoch
        while True:
            yield from self.epoch(number)
            number += 1

    def _batch(self, rows: np.ndarray, rng: np.random.Generator) -> Batch:
        images = np.asarray(self._faces.images[rows])
        views = [
            crop_and_flip(images, rng, self._padding)
            for _ in range(self._views)
        ]
        return (
            np.concatenate(views),
            np.tile(self._faces.ages[rows], self._views),
            np.tile(self._weights[rows], self._views),
        )
