"""Arrays as a stream of batches."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.callbacks.plain_inputs import plain_inputs
from keras_groupdir.recipes.stratified_order import stratified_order


class ArrayBatches(keras.utils.PyDataset):
    """Batches of arrays without end, in a new order each epoch.

    Keras makes iterators anew for every epoch of what ends, which on
    TensorFlow takes longer than an epoch of a small table: give `fit` this
    with `steps_per_epoch=len_of_epoch`. Order follows from the seed alone.

    Args:
        x: Inputs: an array, or a structure of arrays of one length.
        y: Labels. Shape `(n,)`.
        weights: Sample weights, or `None`. Shape `(n,)`.
        batch_size: Samples a batch; the last of an epoch may have fewer.
        seed: Seed of the order, or `None` to keep that of the arrays.
        stratified: Whether that is a `stratified_order`. Defaults to `False`.
    """

    def __init__(
        self,
        x: Any,
        y: np.ndarray,
        weights: np.ndarray | None,
        batch_size: int,
        seed: int | None,
        stratified: bool = False,
    ) -> None:
        super().__init__()
        self._x = keras.tree.map_structure(as_array, x)
        self._labels = [as_array(y)]
        if weights is not None:
            self._labels.append(as_array(weights))
        self._batch_size = batch_size
        self._seed, self._stratified = seed, stratified
        self._epoch, self._order = -1, np.arange(len(y))

    @property
    def num_batches(self) -> None:
        """None: there is no end."""
        return

    @property
    def len_of_epoch(self) -> int:
        """Batches that hold every sample once."""
        return -(-len(self._order) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        epoch, place = divmod(index, self.len_of_epoch)
        if self._seed is not None and epoch != self._epoch:
            rng = np.random.default_rng((self._seed, epoch))
            self._epoch = epoch
            self._order = (
                stratified_order(self._labels[0], self._batch_size, rng)
                if self._stratified
                else rng.permutation(len(self._order))
            )
        start = place * self._batch_size
        rows = self._order[start : start + self._batch_size]
        x = keras.tree.map_structure(lambda array: array[rows], self._x)
        # Sparse matrices do not go through a data set.
        return (plain_inputs(x), *(array[rows] for array in self._labels))


def check_numeric(name: str, x: Any) -> None:
    """Refuses text, which does not go through the batches of a recipe."""
    for values in keras.tree.flatten(x):
        dtype = getattr(values, "dtype", None)
        if getattr(dtype, "kind", "f") in "USOMm":
            raise ValueError(
                f"`{name}` must hold numbers. Text is made numbers before, "
                "for example by a keras.layers.TextVectorization that is no "
                f"part of the encoder. Received: an array of type {dtype}"
            )


def as_array(values: Any) -> Any:
    """NumPy of arrays, frames and tensors; floats as wide as Keras's."""
    if not isinstance(values, np.ndarray):
        if hasattr(values, "tocsr"):  # sparse: rows can be taken of it
            return values.tocsr()
        values = (
            ops.convert_to_numpy(values)
            if ops.is_tensor(values)
            else np.asarray(values)
        )
    if "float" in values.dtype.name:  # bfloat16 is of no kind that NumPy knows
        return values.astype(keras.config.floatx(), copy=False)
    return values
