"""How a method is trained in a comparison."""

import math
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from typing import Any
from typing import Self

import keras

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole

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

    def early_stopping(self, metric: str) -> keras.callbacks.Callback:
        """Ends after `patience` epochs, at the best one.

        Args:
            metric: `"mae"` or `"mse"`, of the prediction on validation data.
        """
        return keras.callbacks.EarlyStopping(
            f"val_prediction_{metric}",
            mode="min",
            patience=self.patience,
            restore_best_weights=True,
        )

    def with_settings(self, settings: Mapping[str, Any]) -> Self:
        """The budget with those of the settings that are its own.

        `epochs` end a budget in `steps`, and the other way round; `patience`
        is the same share of them, if it is not among the settings.
        """
        given = {k: settings[k] for k in asdict(self) if k in settings}
        steps = given.get("steps")
        if "epochs" in given and steps is not None:
            raise ValueError(
                "`settings` must have one of `epochs` and `steps`. "
                f"Received: {given}"
            )
        if "epochs" in given and self.steps is not None:
            epochs = check_whole("epochs", given["epochs"], at_least=1)
            patience = self._share_of(epochs, self.steps)
            given = {"steps": None, "patience": patience, **given}
        elif steps is not None and self.steps is None:
            steps = check_whole("steps", steps, at_least=1)
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
