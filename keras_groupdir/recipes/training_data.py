"""What a stage is trained on, and what becomes of it between stages."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from typing import NamedTuple

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.models import LabelModel
from keras_groupdir.models.label_model import labels_as_array
from keras_groupdir.models.split_model import encoder_of
from keras_groupdir.models.split_model import head_of
from keras_groupdir.recipes.embedded import embedded
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.task import Task
from keras_groupdir.recipes.weighted_batches import WeightedBatches
from keras_groupdir.resampling import Resampled


class TrainingData(NamedTuple):
    """Training and validation data, and the task that knows the former.

    Attributes:
        x: Inputs, or a data set.
        y: Labels, or `None` with a data set.
        validation: `(x, y)`, a data set, or `None`.
        task: With the training labels.
    """

    x: Any
    y: Any
    validation: Any
    task: Task

    @property
    def is_table(self) -> bool:
        """Whether inputs are rows of floats, which can be averaged."""
        is_array = isinstance(self.x, np.ndarray) and self.x.ndim == 2
        return is_array and np.issubdtype(self.x.dtype, np.floating)

    def fit_arguments(self, stage: Stage, batch_size: int) -> dict[str, Any]:
        """What `fit` is told of the training data."""
        weigh: Any = None
        if stage.weigh is not None:
            weigh = partial(stage.weigh, task=self.task)
        if self.y is None:
            x = self.x if weigh is None else WeightedBatches(self.x, weigh)
            return {"x": x}
        weights = None if weigh is None else weigh(check_labels("y", self.y))
        return {
            "x": self.x,
            "y": self.y,
            "sample_weight": weights,
            "batch_size": batch_size,
        }

    def resampled(
        self, resample: Callable[[Any, Task, int], Resampled], seed: int
    ) -> "TrainingData":
        """New samples of a table or of embeddings, which the task knows."""
        labels = check_labels("y", self.y)
        made = resample(self.x, replace(self.task, labels=labels), seed)
        task = replace(self.task, labels=made.y)
        return self._replace(x=made.x, y=made.y, task=task)

    def for_head_of(
        self, model: LabelModel
    ) -> tuple[LabelModel, "TrainingData"]:
        """The head of a model with a frozen encoder, and what it trains on."""
        encoder, head = encoder_of(model), head_of(model)
        # With the embedding among its outputs, so that names in the history
        # are those of the whole model.
        on_embeddings = LabelModel(
            head.input, {**head.output, "embedding": head.input}
        )
        x, y = embedded(encoder, self.x, self.y)
        held_out = self.validation
        if held_out is not None:
            pair = held_out if isinstance(held_out, tuple) else (held_out,)
            held_out = embedded(encoder, *pair)
        return on_embeddings, TrainingData(x, y, held_out, self.task)


def training_data(
    recipe: Recipe, x: Any, y: Any, validation: Any, task: Task
) -> TrainingData:
    """Checks what `fit_recipe` was given, before anything is trained.

    Raises:
        ValueError: If the recipe cannot be trained on it.
    """
    weighs = any(stage.weigh is not None for stage in recipe.stages)
    freezes = any(stage.freezes for stage in recipe.stages)
    if y is not None:
        check_labels("y", y)
    elif weighs or freezes:
        _check_batches("x", x, recipe)
    if isinstance(validation, list | tuple):
        if len(validation) != 2:
            raise ValueError(
                "`validation_data` must be (x, y) or a data set. Received: "
                f"{len(validation)} parts"
            )
        check_labels("validation_data[1]", validation[1])
        validation = (validation[0], labels_as_array(validation[1]))
    elif validation is not None and freezes:
        _check_batches("validation_data", validation, recipe)
    return TrainingData(x, labels_as_array(y), validation, task)


def _check_batches(name: str, batches: Any, recipe: Recipe) -> None:
    """Only a `PyDataset` can be read again, weighed and embedded."""
    if not isinstance(batches, keras.utils.PyDataset):
        raise ValueError(
            f"`{name}` must be arrays, or a keras.utils.PyDataset of (x, y) "
            f"batches, for {recipe.title}, which weighs samples or freezes the "
            f"encoder. Received: {type(batches).__name__}"
        )
