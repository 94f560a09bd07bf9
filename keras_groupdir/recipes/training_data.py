"""What a stage is trained on, and what becomes of it between stages."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from typing import NamedTuple

import keras
import numpy as np

from keras_groupdir.callbacks import FeatureStatistics
from keras_groupdir.callbacks import ValidationError
from keras_groupdir.checks import check_labels
from keras_groupdir.models import FeatureSmoothingRegressor
from keras_groupdir.models import LabelModel
from keras_groupdir.recipes.array_batches import ArrayBatches
from keras_groupdir.recipes.data_batches import DataBatches
from keras_groupdir.recipes.data_batches import all_batches
from keras_groupdir.recipes.kept_batches import KeptBatches
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.recipe import Weigh
from keras_groupdir.resampling import Resampled


class TrainingData(NamedTuple):
    """Training and validation data, and the task that knows the former.

    Attributes:
        x: Inputs, or a data set.
        y: Labels, or `None` with a data set.
        validation: `(x, y)`, a data set, or `None`.
        still: `(x, y)` of the training samples as they are, if `x` changes
            them at random, or `None`.
        task: With the training labels.
        weights: What samples of arrays count beside the recipe's own weights,
            or `None`.
    """

    x: Any
    y: Any
    validation: Any
    still: Any
    task: LabelTask
    weights: Any = None

    @property
    def is_table(self) -> bool:
        """Whether inputs are rows of floats, which can be averaged."""
        return (
            isinstance(self.x, np.ndarray)
            and self.x.ndim == 2
            and self.x.dtype.kind == "f"
        )

    def stages_of(self, recipe: Recipe) -> tuple[Stage, ...]:
        """The stages of a recipe, which can be other ones for a table."""
        is_table = self.is_table and recipe.table_stages is not None
        return (recipe.table_stages or ()) if is_table else recipe.stages

    def batches(
        self, stage: Stage, batch_size: int, seed: int | None
    ) -> dict[str, Any]:
        """What `fit` is told of the training data."""
        weigh = None if stage.weigh is None else self._weigh(stage.weigh)
        if self.y is None:
            is_ours = weigh is not None or not _is_for_keras(self.x)
            data = DataBatches(self.x, weigh) if is_ours else self.x
            # What can only be gone through has an order of its own.
            has_order = is_ours and not isinstance(
                self.x, keras.utils.PyDataset
            )
            return {
                "x": data,
                "shuffle": seed is not None and not has_order,
            }
        labels = check_labels("y", self.y)
        weights = self.weights
        if weigh is not None:
            own = weigh(labels)
            weights = own if weights is None else own * weights
        stream = ArrayBatches(
            self.x, labels, weights, batch_size, seed, stage.stratified
        )
        return {
            "x": stream,
            "steps_per_epoch": stream.len_of_epoch,
            "shuffle": False,
        }

    def _weigh(self, weigh: Weigh) -> Callable[[np.ndarray], np.ndarray]:
        return lambda labels: weigh(labels, self.task)

    def validation_error(self) -> list[keras.callbacks.Callback]:
        """The callback that computes it, if there is validation data."""
        if self.validation is None:
            return []
        held_out = self.validation
        pair = held_out if isinstance(held_out, tuple) else (held_out,)
        return [ValidationError(*pair)]

    def held_out(self) -> tuple[Any, np.ndarray]:
        """Validation inputs as `predict` takes them, and their labels."""
        if isinstance(self.validation, tuple):
            return self.validation
        # Both in one pass: a second one may come in another order.
        batches = all_batches(self.validation, drops_weights=True)
        inputs, labels = zip(*batches, strict=True)
        flat = np.concatenate([np.ravel(y) for y in labels])
        return KeptBatches(list(inputs)), flat

    def statistics(self, model: LabelModel) -> list[keras.callbacks.Callback]:
        """The callback that feature smoothing needs, for such a model.

        The model brings one of its own on a data set that ends.
        """
        if not isinstance(model, FeatureSmoothingRegressor):
            return []
        if self.still is not None:
            return [FeatureStatistics(*self.still)]
        return [] if self.y is None else [FeatureStatistics(self.x, self.y)]

    def resampled(
        self, resample: Callable[[Any, LabelTask, int], Resampled], seed: int
    ) -> "TrainingData":
        """New samples of a table or of embeddings, which the task knows."""
        labels = check_labels("y", self.y)
        made = resample(self.x, replace(self.task, labels=labels), seed)
        task = replace(self.task, labels=made.y)
        return self._replace(x=made.x, y=made.y, task=task)

    def embedded(self, encoder: keras.Model) -> "TrainingData":
        """Embeddings of all samples, as a frozen encoder makes them."""
        source = (self.x, self.y) if self.still is None else self.still
        x, y = _embedded(encoder, *source)
        held_out = self.validation
        if held_out is not None:
            is_arrays = isinstance(held_out, tuple)
            known, labels = held_out if is_arrays else (held_out, None)
            held_out = _embedded(encoder, known, labels, drops_weights=True)
        return TrainingData(x, y, held_out, None, self.task, self.weights)


def _is_for_keras(data: Any) -> bool:
    """Whether `fit` takes a data set as it is.

    Of a list Keras would think that its parts are inputs, and other classes
    that can be gone through it does not know.
    """
    if isinstance(data, keras.utils.PyDataset) or hasattr(data, "__next__"):
        return True
    origins = {kind.__module__.split(".")[0] for kind in type(data).__mro__}
    return bool(origins & {"tensorflow", "torch", "grain"})


def _embedded(
    encoder: keras.Model, x: Any, y: Any = None, drops_weights: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings, shape `(n, features)`, and labels, shape `(n,)`."""
    if y is not None:
        return encoder.predict(x, verbose=0), check_labels("y", y)
    features, labels = [], []
    for inputs, targets in all_batches(x, drops_weights):
        features.append(encoder.predict_on_batch(inputs))
        labels.append(np.asarray(targets, "float64").reshape(-1))
    return np.concatenate(features), np.concatenate(labels)
