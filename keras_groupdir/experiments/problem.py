"""A data set, an encoder and a protocol, as a comparison needs them."""

import inspect
import math
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from functools import cached_property
from typing import Any
from typing import Self

import keras
import numpy as np

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.experiments.digest import digest_of
from keras_groupdir.experiments.splits import check_split
from keras_groupdir.experiments.splits import inputs_and_all_labels
from keras_groupdir.labels.shot_thresholds import check_shots
from keras_groupdir.recipes import LabelTask

SCHEDULES = ("cosine", "constant")


@dataclass(frozen=True)
class Budget:
    """Training that is the same for every method.

    The optimizer is AdamW; its rate falls to 0 along a cosine over all epochs,
    or stays the same with the `schedule` `"constant"`.
    Training stops after `patience` epochs without a better validation error,
    and goes back to the best one.

    A budget in `steps` trains as well on few samples as on many: `epochs` are
    then as many as it takes for so many optimizer steps, and `patience` is in
    steps too.

    Examples:

    >>> budget = Budget(steps=4000, patience=1000, batch_size=128)
    >>> budget.in_epochs(900).epochs, budget.in_epochs(900).patience
    (500, 125)
    """

    epochs: int = 20
    patience: int = 8
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    clip_norm: float = 5.0
    schedule: str = "cosine"
    steps: int | None = None

    def __post_init__(self) -> None:
        check_choice("schedule", self.schedule, SCHEDULES)
        for name in ("epochs", "patience", "batch_size"):
            check_whole(name, getattr(self, name), at_least=1)
        if self.steps is not None:
            check_whole("steps", self.steps, at_least=1)
        check_positive("learning_rate", self.learning_rate)
        check_not_negative("weight_decay", self.weight_decay)
        check_positive("clip_norm", self.clip_norm)

    def in_epochs(self, num_samples: int) -> Self:
        """The same for so many training samples, without `steps`."""
        if self.steps is None:
            return self
        steps_of_epoch = -(-num_samples // self.batch_size)
        epochs, patience = (
            -(-steps // steps_of_epoch) for steps in (self.steps, self.patience)
        )
        return replace(self, epochs=epochs, patience=patience, steps=None)

    def optimizer(self, num_samples: int) -> keras.optimizers.Optimizer:
        """A new optimizer for so many training samples."""
        rate: Any = self.learning_rate
        if self.schedule == "cosine":
            steps_of_epoch = -(-num_samples // self.batch_size)
            steps = steps_of_epoch * self.in_epochs(num_samples).epochs
            rate = keras.optimizers.schedules.CosineDecay(rate, steps)
        return keras.optimizers.AdamW(
            rate,
            weight_decay=self.weight_decay,
            global_clipnorm=self.clip_norm,
        )

    def with_settings(self, settings: Mapping[str, Any]) -> Self:
        """The budget with those of the settings that are its own.

        `epochs` end a budget in `steps`, and the other way round; `patience`
        is the same share of them, if it is not among the settings.
        """
        given = {k: settings[k] for k in asdict(self) if k in settings}
        steps = given.get("steps")
        if "epochs" in given and self.steps is not None:
            if steps is not None:
                raise ValueError(
                    "`settings` must have one of `epochs` and `steps`. "
                    f"Received: {given}"
                )
            patience = self._share_of(given["epochs"], self.steps)
            given = {"steps": None, "patience": patience, **given}
        elif steps is not None and self.steps is None:
            patience = self._share_of(steps, self.epochs)
            given = {"patience": patience, **given}
        return replace(self, **given)

    def _share_of(self, length: int, own: int) -> int:
        """Patience for another length, as long a part of it."""
        return max(1, math.ceil(self.patience / own * length))

    @staticmethod
    def names_set_by(settings: Iterable[str]) -> set[str]:
        """Parts of a budget that `with_settings` may change for settings."""
        names = {one.name for one in fields(Budget)} & set(settings)
        if names & {"epochs", "steps"}:
            names |= {"epochs", "steps", "patience"}
        return names


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
    budget: Budget = Budget()
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
        return "mse" if self.task.error == "squared" else "mae"

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
        inputs: the first 16 hexadecimal digits of a SHA-256.
        """
        parts: list[Any] = []
        for split in ("train", "val", "test"):
            if split == "train":
                data = self.train_data(0, 1)
                labels = self.task.labels
            else:
                data = getattr(self, split)
                _, labels = self.held_out(split)
            if isinstance(data, tuple):
                parts.append(data[0])
            parts.append(np.asarray(labels, dtype="float64"))
        return digest_of(parts)
