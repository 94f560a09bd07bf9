"""Training batches, the same ones whenever a run is repeated or resumed."""

import keras
import numpy as np

from apps.data.faces.augment import crop_and_flip
from apps.data.faces.augment import padding_of
from apps.data.faces.data import Faces

Batch = tuple[np.ndarray, np.ndarray, np.ndarray]


class TrainingBatches(keras.utils.PyDataset):
    """Augmented faces without end, in a new order each epoch; full batches.

    Give it to `fit` with `steps_per_epoch=len_of_epoch` and `shuffle=False`.
    Order and augmentation follow from the seed, the epoch and the number of
    the batch alone, whoever reads ahead. What does not fill a batch is left
    out of an epoch.

    Args:
        faces: Faces to train on, or embeddings, which are not augmented.
        batch_size: Faces a batch, of all processes together.
        seed: Seed of order and augmentation.
        weights: Weight of each face. Shape `(n,)`. Defaults to 1 for all.
        views: Versions of each face in a batch, one after the other; with two
            a batch has twice as many rows. Defaults to `1`.
        share: Which part of every batch is this process's, and of how many.
            Defaults to `(0, 1)`.
        first_epoch: The epoch that begins at index 0. Defaults to `0`.
    """

    def __init__(
        self,
        faces: Faces,
        batch_size: int,
        seed: int,
        weights: np.ndarray | None = None,
        views: int = 1,
        share: tuple[int, int] = (0, 1),
        first_epoch: int = 0,
    ) -> None:
        # With more workers Keras loses the batch that it builds a model on.
        super().__init__()
        size = len(faces.ages)
        self._faces = faces
        self._batch_size = min(batch_size, size)
        self._seed = seed
        self._weights = np.ones(size) if weights is None else weights
        self._views = views
        if self._batch_size % share[1]:
            raise ValueError(
                "`batch_size` must be a multiple of the number of processes. "
                f"Received: batch_size={self._batch_size}, {share[1]} processes"
            )
        self._share = share
        self._first = first_epoch * self.len_of_epoch
        self._last_order = -1, np.arange(size)

    @property
    def num_batches(self) -> None:
        """None: there is no end."""
        return

    @property
    def len_of_epoch(self) -> int:
        """Batches of one epoch."""
        return len(self._faces.ages) // self._batch_size

    def __getitem__(self, index: int) -> Batch:
        """Images, ages and weights of a batch."""
        epoch, place = divmod(self._first + index, self.len_of_epoch)
        part, parts = self._share
        start = place * self._batch_size
        rows = self._order(epoch)[start : start + self._batch_size]
        # Sorted rows are read faster from a file, and their order in a batch
        # means nothing.
        rows = np.sort(rows[part::parts])
        rng = np.random.default_rng((self._seed, epoch, place, part))
        images = np.asarray(self._faces.images[rows])
        views = [self._changed(images, rng) for _ in range(self._views)]
        return (
            np.concatenate(views),
            np.tile(self._faces.ages[rows], self._views),
            np.tile(self._weights[rows].astype("float32"), self._views),
        )

    def _changed(
        self, images: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        if images.ndim < 4:
            return images
        return crop_and_flip(images, rng, padding_of(images.shape[1]))

    def _order(self, epoch: int) -> np.ndarray:
        if epoch != self._last_order[0]:
            rng = np.random.default_rng((self._seed, epoch))
            order = rng.permutation(len(self._faces.ages))
            self._last_order = epoch, order
        return self._last_order[1]


class AugmentedFaces(keras.utils.PyDataset):
    """The same batches, without weights, as a data set with an end.

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
        self._batches = TrainingBatches(faces, batch_size, seed, views=views)
        self._epoch = 0

    def __len__(self) -> int:
        return self._batches.len_of_epoch

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Images and ages of a batch."""
        images, ages, _ = self._batches[self._epoch * len(self) + index]
        return images, ages

    def on_epoch_end(self) -> None:
        self._epoch += 1
