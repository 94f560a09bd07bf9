"""A method as a combination of parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_groupdir.models import FittedGroupWeights
from keras_groupdir.models import LabelModel
from keras_groupdir.models import PriorCorrection
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.resampling import Resampled

# From labels, of the training set or of one batch of it, and the task.
Weigh = Callable[[np.ndarray, LabelTask], np.ndarray]
# Losses and their weights, by the name of the output.
Losses = tuple[dict[str, keras.losses.Loss], dict[str, float]]

# Of a trained model, held-out inputs, their labels, and those of training; and
# how much the held-out samples count, if training weighs its own.
Correct = Callable[
    [Any, Any, np.ndarray, np.ndarray, np.ndarray | None],
    PriorCorrection | FittedGroupWeights,
]

ALL, EMBEDDING, HEAD = "all", "embedding", "head"


@dataclass(frozen=True)
class Stage:
    """One call of `fit`: a model, what its outputs are trained on, weights.

    Attributes:
        build: Makes the model from an encoder, which an earlier stage may have
            trained, and a task.
        losses: Makes the losses and loss weights of that model, by output.
            Defaults to the model's own.
        weigh: Gives labels their sample weights, or `None` for none.
        trains: `"all"`; `"embedding"`, so that the errors of the prediction
            mean nothing yet; or `"head"`, on embeddings that are computed
            once.
        resample: Makes training samples of features, a task whose labels are
            theirs, and a seed; or `None`.
        stratified: Whether each batch of arrays that are shuffled holds labels
            of the whole range, as `stratified_order` makes them. Batches of a
            data set stay as they are.
    """

    build: Callable[[keras.Model, LabelTask], LabelModel]
    losses: Callable[[Any, LabelTask], Losses] | None = None
    weigh: Weigh | None = None
    trains: str = ALL
    resample: Callable[[np.ndarray, LabelTask, int], Resampled] | None = None
    stratified: bool = False


@dataclass(frozen=True)
class Recipe:
    """A method of the paper's tables, or one beside them.

    Attributes:
        title: The name in the paper's tables, where it is in them.
        stages: Trained one after the other.
        table_stages: In place of `stages` for a table of numbers, whose rows
            can be averaged; or `None` for the same.
        views: Randomly changed versions of a sample in one batch that the
            method was published with.
        note: What is not as published, or not published, if it matters.
        finish: Corrects the trained model by held-out samples, or `None`.
    """

    title: str
    stages: tuple[Stage, ...]
    table_stages: tuple[Stage, ...] | None = None
    views: int = 1
    note: str = ""
    finish: Correct | None = None
