"""Trains a model by a recipe, through all its stages."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from typing import NamedTuple

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.models import LabelModel
from keras_groupdir.models.split_model import encoder_of
from keras_groupdir.models.split_model import head_of
from keras_groupdir.recipes.embedded import embedded
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.task import Task
from keras_groupdir.recipes.weighted_batches import WeightedBatches
from keras_groupdir.resampling import Resampled


class FittedRecipe(NamedTuple):
    """What `fit_recipe` returns.

    Attributes:
        model: Trained and compiled.
        histories: `History.history` of each stage's `fit`.
    """

    model: LabelModel
    histories: list[dict[str, list[float]]]


def fit_recipe(
    recipe: Recipe,
    encoder: keras.Model,
    task: Task,
    x: Any,
    y: Any = None,
    validation_data: Any = None,
    optimizer: Any = "adam",
    callbacks: Callable[[], list[keras.callbacks.Callback]] = list,
    batch_size: int = 32,
    seed: int = 0,
    **fit_arguments: Any,
) -> FittedRecipe:
    """Builds, compiles and fits what a recipe says.

    Each stage is one `fit` with a new optimizer. A stage that trains nothing
    but the embedding gets no validation data and no callbacks: the error of
    its prediction means nothing. A stage on a frozen encoder is trained on
    embeddings that are computed once, without dropout.

    Args:
        recipe: From `make_recipe`.
        encoder: Built Keras model with one `(batch, features)` output; it is
            trained in place.
        task: What the recipe has to know of the data.
        x: Inputs, or a `keras.utils.PyDataset` of `(x, y)` batches. If it
            changes samples at random, an attribute `plain`, `(x, y)` arrays of
            the samples as they are, is what a frozen encoder embeds.
        y: Labels, if `x` is no data set. Shape `(n,)` or `(n, 1)`.
        validation_data: `(x, y)` or a data set. Defaults to `None`.
        optimizer: As for `compile`; each stage gets one like it. Defaults to
            `"adam"`.
        callbacks: Makes the callbacks of a stage. Defaults to none.
        batch_size: Of arrays, and of embeddings. Defaults to `32`.
        seed: Of made-up samples. Defaults to `0`.
        **fit_arguments: As for `keras.Model.fit`: `epochs` and so on.

    Returns:
        `FittedRecipe`: the trained model and what `fit` returned.

    Examples:

    >>> from keras_groupdir.density import label_bins
    >>> from keras_groupdir.recipes import make_recipe
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> task = Task(y, label_bins(0, 5, bin_width=0.5))
    >>> recipe = make_recipe("rrt_lds")
    >>> model, histories = fit_recipe(recipe, encoder, task, x, y, verbose=0)
    >>> model.predict(x, verbose=0).shape, len(histories)
    ((6, 1), 2)
    """
    given = keras.optimizers.get(optimizer)
    data, stages = _Data(x, y, validation_data, task), recipe.stages
    if recipe.resample is not None and is_table(x):
        # The samples are there from the start: no second stage is needed.
        data = _resampled(data, recipe.resample, seed)
        stages = (replace(stages[0], weigh=stages[-1].weigh),)
    source: Any = encoder
    histories = []
    for stage in stages:
        model = stage.build(source, task)
        trained, seen = model, data
        if stage.freezes:
            trained, seen = _on_embeddings(model, data)
            if recipe.resample is not None:
                seen = _resampled(seen, recipe.resample, seed)
        arguments = stage.compile_arguments(model, seen.task)
        trained.compile(
            type(given).from_config(given.get_config()), **arguments
        )
        history = trained.fit(
            **_fit_data(stage, seen, batch_size),
            validation_data=None if stage.pretrains else seen.validation,
            callbacks=[] if stage.pretrains else callbacks(),
            **fit_arguments,
        )
        if trained is not model:
            # The head and its optimizer are shared; compiled, the whole can be
            # evaluated and trained on.
            model.compile(trained.optimizer, **arguments)
        histories.append(dict(history.history))
        source = model
    return FittedRecipe(model, histories)


def is_table(x: Any) -> bool:
    """Whether inputs are rows of numbers, which can be averaged."""
    is_array = isinstance(x, np.ndarray) and x.ndim == 2
    return is_array and np.issubdtype(x.dtype, np.floating)


class _Data(NamedTuple):
    x: Any
    y: Any
    validation: Any
    task: Task


def _fit_data(stage: Stage, data: _Data, batch_size: int) -> dict[str, Any]:
    """What `fit` is given of the training data."""
    x, y = data.x, data.y
    weigh: Any = None
    if stage.weigh is not None:
        weigh = partial(stage.weigh, task=data.task)
    if y is not None:
        weights = None if weigh is None else weigh(check_labels("y", y))
        return {
            "x": x,
            "y": y,
            "sample_weight": weights,
            "batch_size": batch_size,
        }
    if weigh is None:
        return {"x": x}
    if not isinstance(x, keras.utils.PyDataset):
        raise ValueError(
            "`x` must be arrays, with `y`, or a keras.utils.PyDataset, for a "
            f"recipe with sample weights. Received: {type(x).__name__}"
        )
    return {"x": WeightedBatches(x, weigh)}


def _on_embeddings(model: LabelModel, data: _Data) -> tuple[LabelModel, _Data]:
    """The head of a model with a frozen encoder, and what it is trained on."""
    encoder, head = encoder_of(model), head_of(model)
    # With the embedding among its outputs, so that names in the history are
    # those of the whole model.
    on_embeddings = LabelModel(
        head.input, {**head.output, "embedding": head.input}
    )
    x, y = embedded(encoder, data.x, data.y)
    validation = data.validation
    if validation is not None:
        is_pair = isinstance(validation, tuple)
        held_out = validation[:2] if is_pair else (validation,)
        validation = embedded(encoder, *held_out)
    return on_embeddings, _Data(x, y, validation, data.task)


def _resampled(
    data: _Data, resample: Callable[[Any, Task, int], Resampled], seed: int
) -> _Data:
    """New samples of a table or of embeddings, and a task that knows them."""
    labels = check_labels("y", data.y)
    made = resample(data.x, replace(data.task, labels=labels), seed)
    return data._replace(
        x=made.x, y=made.y, task=replace(data.task, labels=made.y)
    )
