"""A data set as the comparison needs it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np

from keras_groupdir.recipes import Task


@dataclass(frozen=True)
class Training:
    """Budget and optimizer, the same for every method.

    The learning rate falls to 0 along a cosine over all epochs; training stops
    after `patience` epochs without a better validation error and goes back to
    the best one.
    """

    epochs: int = 20
    patience: int = 8
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    clip_norm: float = 5.0


@dataclass(frozen=True)
class Problem:
    """Data, encoder and protocol of a comparison.

    Attributes:
        name: For titles and results.
        task: What recipes have to know.
        make_encoder: From a seed to a new encoder.
        make_train: From a seed and a number of views to training data: `(x, y)`
            or a `keras.utils.PyDataset`.
        val: `(x, y)`, or a data set with the `labels` of its fixed order.
        test: The same.
        training: Budget and optimizer.
        many_above: See `density.label_shots`.
        few_below: See `density.label_shots`.
        epsilon: See `metrics.geometric_mean`.
        unit: Of the labels, for the report.
        printed: Name of the table of the paper that prints figures of this
            data set, if there is one.
    """

    name: str
    task: Task
    make_encoder: Callable[[int], keras.Model]
    make_train: Callable[[int, int], Any]
    val: Any
    test: Any
    training: Training
    many_above: int = 100
    few_below: int = 20
    epsilon: float = 0.0
    unit: str = ""
    printed: str | None = None

    @property
    def metric(self) -> str:
        """The metric that decides: that of the error that is minimized."""
        return "mse" if self.task.error == "squared" else "mae"

    @cached_property
    def digest(self) -> str:
        """What tells these data from others of the same name.

        Of the labels of all splits and, where they are arrays, their inputs:
        the first 16 hexadecimal digits of a SHA-256.
        """
        digest = hashlib.sha256()
        splits = (self.make_train(0, 1), self.val, self.test)
        for data in splits:
            x = data[0] if isinstance(data, tuple) else None
            y = self.task.labels if data is splits[0] else x_and_y(data)[1]
            for array in (x, np.asarray(y, dtype="float64")):
                if isinstance(array, np.ndarray):
                    digest.update(f"{array.shape} {array.dtype.str}".encode())
                    digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]


def x_and_y(data: Any) -> tuple[Any, np.ndarray]:
    """Inputs and labels, of arrays or of a data set with `labels`."""
    return data if isinstance(data, tuple) else (data, data.labels)
