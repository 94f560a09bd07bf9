"""A method as a combination of parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_groupdir.models import LabelModel
from keras_groupdir.recipes.task import Task
from keras_groupdir.resampling import Resampled

# From labels, of the training set or of one batch of it, and `task` to weights.
Weigh = Callable[..., np.ndarray]
# Losses and their weights, by the name of the output.
Losses = tuple[dict[str, keras.losses.Loss], dict[str, float]]


@dataclass(frozen=True)
class Stage:
    """One call of `fit`: a model, what its outputs are trained on, weights.

    Attributes:
        build: Makes the model from an encoder and a task; of a stage after the
            first, from the trained model of the stage before.
        losses: Makes the losses and loss weights of that model, by output.
        weigh: Gives labels their sample weights, or `None` for none.
        pretrains: Whether only the embedding is trained, so that the errors of
            the prediction mean nothing yet.
        freezes: Whether `build` returns a model with a frozen encoder.
    """

    build: Callable[[Any, Task], LabelModel]
    losses: Callable[[Any, Task], Losses]
    weigh: Weigh | None = None
    pretrains: bool = False
    freezes: bool = False

    def compile_arguments(
        self, model: LabelModel, task: Task
    ) -> dict[str, Any]:
        """What `model.compile` is to be told, beside the optimizer."""
        loss, loss_weights = self.losses(model, task)
        return {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": {"prediction": ["mae", "mse"]},
        }


@dataclass(frozen=True)
class Recipe:
    """A method of the paper's tables, or one beside them.

    Attributes:
        title: The name in the paper's tables, where it is in them.
        stages: Trained one after the other.
        resample: Makes training samples of features, a task whose labels are
            theirs, and a seed; or `None`. A table of numbers is resampled as it
            is, before the only stage; of other inputs it is the embeddings,
            before the last of two.
        views: Randomly changed versions of a sample in one batch that the
            method was published with.
        note: What is not as published, or not published, if it matters.
    """

    title: str
    stages: tuple[Stage, ...]
    resample: Callable[[np.ndarray, Task, int], Resampled] | None = None
    views: int = 1
    note: str = ""
