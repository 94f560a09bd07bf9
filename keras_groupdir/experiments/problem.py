"""A data set, an encoder and a protocol, as a comparison needs them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_not_negative
from keras_groupdir.experiments.budget import Budget
from keras_groupdir.experiments.digest import digest_of
from keras_groupdir.experiments.splits import check_split
from keras_groupdir.experiments.splits import inputs_and_all_labels
from keras_groupdir.experiments.splits import is_shuffled
from keras_groupdir.labels.shot_thresholds import check_shots
from keras_groupdir.recipes import LabelTask


@dataclass(frozen=True)
class Problem:
    """What methods are compared on.

    Attributes:
        make_encoder: Builds a new encoder, of one architecture; may take the
            seed, which is set before: its argument `seed`, or the one that has
            no default.
        train: `(x, y)`; a finite data set of `(x, y)` batches; or a function
            that makes either of a seed and a number of views, randomly changed
            versions of a sample in one batch.
        val: `(x, y)`, or a data set of `(x, y)` batches in a fixed order.
        test: The same.
        task: What recipes have to know. Defaults to that of the training
            labels: the absolute error, and bins by `LabelGroups.histogram`.
        budget: The same for every method.
        name: For titles and results.
        still: `(x, y)` of the training samples as they are, if `train` changes
            them at random.
        many_above: See `labels.label_shots`.
        few_below: See `labels.label_shots`.
        relative_shots: See `labels.label_shots`.
        epsilon: See `scores.geometric_mean`.
        unit: Of the labels, for the report.
        printed: Name of the table of the paper that prints figures of this
            data set, if there is one.

    Examples:

    >>> def make_encoder():
    ...     inputs = keras.Input((4,))
    ...     return keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> problem = Problem(make_encoder, (x, y), (x, y), (x, y))
    >>> problem.task.bins, problem.metric
    (LabelGroups(6 groups of width 1 over [0, 6]), 'mae')
    """

    make_encoder: Callable[..., keras.Model]
    train: Any
    val: Any
    test: Any
    task: Any = None
    budget: Budget = field(default_factory=Budget)
    name: str = "data"
    still: tuple[Any, Any] | None = None
    many_above: float | None = None
    few_below: float | None = None
    relative_shots: bool = False
    epsilon: float = 0.0
    unit: str = ""
    printed: str | None = None

    def __post_init__(self) -> None:
        check_shots(self.many_above, self.few_below, self.relative_shots)
        for split in ("train", "val", "test"):
            check_split(split, getattr(self, split))
        check_not_negative("epsilon", self.epsilon)
        if self.task is None:
            _, labels = inputs_and_all_labels(self.train_data(0, 1), "train[1]")
            object.__setattr__(self, "task", LabelTask(labels))
        self._seed_argument()
        for split in ("val", "test"):
            if isinstance(getattr(self, split), tuple):
                self.held_out(split)

    @property
    def metric(self) -> str:
        """The metric that decides: that of the error that is minimized."""
        return str(self.task.metric)

    @property
    def thresholds(self) -> dict[str, Any]:
        """What makes shots, as arguments of `scores.evaluate_shots`."""
        names = ("many_above", "few_below", "relative_shots")
        return {name: getattr(self, name) for name in names}

    def encoder(self, seed: int) -> keras.Model:
        """A new encoder, from a seed."""
        keras.utils.set_random_seed(seed)
        name = self._seed_argument()
        return self.make_encoder(**({name: seed} if name else {}))

    def _seed_argument(self) -> str | None:
        """Name of the argument of `make_encoder` that is the seed, if any."""
        parameters = inspect.signature(self.make_encoder).parameters
        if "seed" in parameters:
            return "seed"
        needed = [
            name
            for name, one in parameters.items()
            if one.default is one.empty
            and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        ]
        if len(needed) > 1:
            raise ValueError(
                "`make_encoder` must take nothing but a seed. "
                f"Received: a function of {needed}"
            )
        return needed[0] if needed else None

    def train_data(self, seed: int, views: int) -> Any:
        """`(x, y)`, or a data set of `(x, y)` batches."""
        return self.train(seed, views) if callable(self.train) else self.train

    def held_out(self, split: str) -> tuple[Any, np.ndarray]:
        """Inputs and labels to evaluate on: of `"val"` or `"test"`."""
        return inputs_and_all_labels(getattr(self, split), f"{split}[1]")

    @cached_property
    def digest(self) -> str:
        """What tells these data from others of the same name.

        Of the labels of all splits and, where they are no data sets, their
        inputs: the first 16 hexadecimal digits of a SHA-256. Of a training set
        that is shuffled anew, the order of its labels does not count.
        """
        parts: list[Any] = []
        for split in ("train", "val", "test"):
            if split == "train":
                data = self.train_data(0, 1)
                labels = self.task.labels
                if is_shuffled(data, self.train_data(0, 1)):
                    labels = np.sort(labels)
            else:
                data = getattr(self, split)
                _, labels = self.held_out(split)
            if isinstance(data, tuple):
                parts.append(data[0])
            parts.append(np.asarray(labels, dtype="float64"))
        return digest_of(parts)

    @cached_property
    def task_digest(self) -> str:
        """What tells what is asked of these data from other questions."""
        task = self.task
        words = (task.error, task.reweight, task.clip, task.smoothing_clip)
        edges = np.asarray(task.bins.edges, "float64")
        return digest_of([edges, str((*words, self.epsilon))])
