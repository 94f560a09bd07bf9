"""Batches of a data set, as recipes need them."""

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from keras_groupdir.callbacks.batches_of import is_endless
from keras_groupdir.models.fit_arguments import plain_labels
from keras_groupdir.recipes.array_batches import check_numeric


class DataBatches(keras.utils.PyDataset):
    """The `(x, y)` batches of a data set, with weights if wanted.

    Args:
        batches: A `PyDataset`, or what can be gone through again, such as a
            `tf.data.Dataset` or a torch `DataLoader`, whose batches come one
            after the other, whichever is asked for.
        weigh: From labels to their weights, both of shape `(n,)`, or `None`
            for none.
    """

    def __init__(
        self,
        batches: Any,
        weigh: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> None:
        is_py_dataset = isinstance(batches, keras.utils.PyDataset)
        super().__init__(
            **(
                {
                    "workers": batches.workers,
                    "use_multiprocessing": batches.use_multiprocessing,
                    "max_queue_size": batches.max_queue_size,
                }
                if is_py_dataset
                else {}
            )
        )
        self._batches, self._weigh = batches, weigh
        self._is_py_dataset = is_py_dataset
        self._iterator: Iterator[Any] = iter(())
        self._length: int | None = None

    @property
    def num_batches(self) -> int | None:
        if self._is_py_dataset:
            return self._batches.num_batches
        if self._length is None:
            self._length = _length(self._batches)
        return self._length

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        if not self._is_py_dataset and index == 0:
            # Not with each epoch: one of a few steps goes on with the next.
            self._iterator = iter(())
        batch = self._batches[index] if self._is_py_dataset else self._next()
        x, y = inputs_and_labels(batch)
        if self._weigh is None:
            return x, y
        labels = np.asarray(y).reshape(-1)
        return x, y, self._weigh(labels).astype("float32")

    def on_epoch_begin(self) -> None:
        if self._is_py_dataset:
            self._batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        if self._is_py_dataset:
            self._batches.on_epoch_end()

    def _next(self) -> Any:
        """The next batch; after the last, the first again."""
        try:
            return next(self._iterator)
        except StopIteration:
            self._iterator = iter(self._batches)
            return next(self._iterator)


def inputs_and_labels(batch: Any) -> tuple[Any, Any]:
    """The two parts of a batch; an error if it has weights of its own."""
    check_parts(batch)
    x, y = batch
    x = keras.tree.map_structure(_plain, x)
    check_numeric("x", x)
    return x, _plain(plain_labels(y))


def check_parts(batch: Any) -> None:
    """Refuses a batch of other parts than inputs and labels."""
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        parts = len(batch) if isinstance(batch, tuple | list) else 1
        raise ValueError(
            "Batches must be (x, y), for a recipe that weighs samples or "
            f"freezes the encoder. Received: {parts} parts"
        )


def check_training_parts(batches: Any) -> None:
    """Refuses weights of training batches, where they can be seen at once."""
    if isinstance(batches, keras.utils.PyDataset):
        inputs_and_labels(batches[0])
    elif hasattr(batches, "element_spec"):
        check_parts(batches.element_spec)


def check_repeatable(name: str, batches: Any, why: str) -> None:
    """Refuses what cannot be gone through again to its end.

    Args:
        name: Of the argument.
        batches: What was given for it.
        why: What needs that, for the message.
    """
    has_both = isinstance(batches, keras.utils.PyDataset) or (
        hasattr(batches, "__len__") and hasattr(batches, "__iter__")
    )
    if not has_both or is_endless(batches):
        raise ValueError(
            f"`{name}` must be arrays, or a data set of (x, y) batches that "
            "ends and can be gone through again, such as a "
            f"keras.utils.PyDataset, for {why}. "
            f"Received: {type(batches).__name__}"
        )


def _length(batches: Any) -> int:
    """Batches of a data set that ends, counted where it cannot say."""
    try:
        return len(batches)
    except TypeError:  # such as a tf.data.Dataset with a filter
        return sum(1 for _ in batches)


def all_batches(
    data: Any, drops_weights: bool = False
) -> Iterator[tuple[Any, Any]]:
    """Inputs and labels of a finite data set, once.

    Args:
        data: As for `DataBatches`.
        drops_weights: Whether batches may have weights, which do not count.
            Defaults to `False`.
    """
    batches = data
    if isinstance(data, keras.utils.PyDataset):
        # It need not raise at its end, so it is not iterated over.
        batches = (data[index] for index in range(data.num_batches))
    for batch in batches:
        has_weights = isinstance(batch, tuple | list) and len(batch) == 3
        yield inputs_and_labels(
            batch[:2] if drops_weights and has_weights else batch
        )


def _plain(values: Any) -> Any:
    """Tensors as NumPy, whichever backend they are of."""
    if hasattr(values, "detach"):  # torch's, of a layer or of another device
        values = values.detach().cpu()
        values = values.float() if "bfloat16" in str(values.dtype) else values
    return values.numpy() if hasattr(values, "numpy") else values
