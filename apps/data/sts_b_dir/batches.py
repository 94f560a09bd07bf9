"""Sentence pairs in batches of few fixed lengths."""

from typing import Self

import keras
import numpy as np

from apps.data.sts_b_dir.text import MAX_TOKENS
from apps.data.sts_b_dir.text import PAD

# Most pairs are short. Three shapes keep the padding small and the compiled
# programs few.
LENGTHS = (16, 24, MAX_TOKENS)


class PairBatches(keras.utils.PyDataset):
    """Batches of pairs, each padded to the least of `LENGTHS` that fits.

    A batch holds pairs of one length class, and what did not fill a batch of a
    shorter one; all batches but one are full. With `seed` the pairs within the
    classes and the order of batches are drawn anew each epoch. Keras does so
    after `predict` and `evaluate` too: use no seed where labels are compared
    with predictions.

    Args:
        first: Word ids of the first sentences. Shape `(n, MAX_TOKENS)`.
        second: Word ids of the second sentences. Shape `(n, MAX_TOKENS)`.
        labels: Scores. Shape `(n,)`.
        batch_size: Pairs a batch. Defaults to `128`.
        seed: Seed of the order, or `None` for a fixed one.
    """

    def __init__(
        self,
        first: np.ndarray,
        second: np.ndarray,
        labels: np.ndarray,
        batch_size: int = 128,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        if not len(first) == len(second) == len(labels) > 0:
            raise ValueError(
                "`first`, `second` and `labels` must be of one length, not 0. "
                f"Received: {len(first)}, {len(second)} and {len(labels)}"
            )
        if batch_size < 1:
            raise ValueError(
                f"`batch_size` must be positive. Received: {batch_size}"
            )
        self._first, self._second = first, second
        self._labels = labels.astype("float32")
        self._batch_size = batch_size
        self._rng = None if seed is None else np.random.default_rng(seed)
        longest = np.maximum(_lengths(first), _lengths(second))
        self._length = np.array(LENGTHS)[np.searchsorted(LENGTHS, longest)]
        self.on_epoch_end()

    def on_epoch_end(self) -> None:
        """Cuts the pairs into the batches of the next epoch."""
        batches = []
        left = np.array([], dtype=int)
        for length in LENGTHS:
            rows = np.flatnonzero(self._length == length)
            if self._rng is not None:
                self._rng.shuffle(rows)
            # What does not fill a batch goes on to the next length, so that
            # full batches are the only shapes but for one.
            rows = np.concatenate([left, rows])
            end = len(rows) - len(rows) % self._batch_size
            batches += [
                (length, rows[start : start + self._batch_size])
                for start in range(0, end, self._batch_size)
            ]
            left = rows[end:]
        if len(left):
            batches.append((LENGTHS[-1], left))
        if self._rng is not None:
            self._rng.shuffle(batches)
        # On TensorFlow, Keras takes for fixed what its first two batches
        # share: they must differ in length, so that the length stays open.
        for other in range(1, len(batches)):
            if batches[other][0] != batches[0][0]:
                batches[1], batches[other] = batches[other], batches[1]
                break
        self._batches = batches

    def with_seed(self, seed: int | None) -> Self:
        """The same pairs from their first epoch, in the order of a seed."""
        return type(self)(
            self._first, self._second, self._labels, self._batch_size, seed
        )

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(
        self, index: int
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        length, rows = self._batches[index]
        pairs = {
            "first": self._first[rows, :length],
            "second": self._second[rows, :length],
        }
        return pairs, self._labels[rows]


def _lengths(ids: np.ndarray) -> np.ndarray:
    return (ids != PAD).sum(axis=1)
