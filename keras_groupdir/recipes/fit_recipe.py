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
        x: Inputs, or a `keras.utils.PyDataset` of `(x, y)` batches. If those
            are changed at random, give it an attribute `plain`, the `(x, y)`
            arrays as they are: a frozen encoder gets these.
        y: Labels, if `x` is no data set. Shape `(n,)` or `(n, 1)`.
        validation_data: `(x, y)` or a data set. Defaults to `None`.
        optimizer: As for `compile`; each stage gets one like it. Defaults to
            `"adam"`.
        callbacks: Makes the callbacks of a stage. Defaults to none.
        seed: Of made-up samples. Defaults to `0`.
        **fit_arguments: As for `keras.Model.fit`: `epochs`, `batch_size` and
            so on.

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
    stages = recipe.stages
    if recipe.resample is not None and is_table(x):
        samples = recipe.resample(x, replace(task, labels=y), seed)
        x, y, task = samples.x, samples.y, replace(task, labels=samples.y)
        # The samples are there from the start: no second stage is needed.
        stages = (replace(stages[0], weigh=stages[-1].weigh),)
    source: Any = encoder
    histories = []
    for stage in stages:
        model = stage.build(source, task)
        fit: Callable[..., dict[str, list[float]]] = partial(
            _fit_stage,
            optimizer=type(given).from_config(given.get_config()),
            callbacks=[] if stage.pretrains else callbacks(),
            validation_data=None if stage.pretrains else validation_data,
            **fit_arguments,
        )
        if stage.freezes:
            history = _fit_head(
                fit, stage, model, task, x, y, recipe, seed, validation_data
            )
        else:
            history = fit(stage, model, task, x, y)
        histories.append(history)
        source = model
    return FittedRecipe(model, histories)


def is_table(x: Any) -> bool:
    """Whether inputs are rows of numbers, which can be averaged."""
    shape = getattr(x, "shape", None)
    kind = np.dtype(x.dtype).kind if isinstance(x, np.ndarray) else None
    return shape is not None and len(shape) == 2 and kind == "f"


def _fit_stage(
    stage: Stage,
    model: LabelModel,
    task: Task,
    x: Any,
    y: Any,
    optimizer: keras.optimizers.Optimizer,
    **fit_arguments: Any,
) -> dict[str, list[float]]:
    model.compile(optimizer, **stage.compile_arguments(model, task))
    weigh = stage.weigh
    if weigh is None:
        history = model.fit(x, y, **fit_arguments)
    elif y is not None:
        weights = weigh(check_labels("y", y), task)
        history = model.fit(x, y, sample_weight=weights, **fit_arguments)
    elif isinstance(x, keras.utils.PyDataset):
        batches = WeightedBatches(x, lambda labels: weigh(labels, task))
        history = model.fit(batches, **fit_arguments)
    else:
        raise ValueError(
            "`x` must be arrays, with `y`, or a keras.utils.PyDataset, for a "
            f"recipe with sample weights. Received: {type(x).__name__}"
        )
    return dict(history.history)


def _fit_head(
    fit: Callable[..., dict[str, list[float]]],
    stage: Stage,
    model: LabelModel,
    task: Task,
    x: Any,
    y: Any,
    recipe: Recipe,
    seed: int,
    validation_data: Any,
) -> dict[str, list[float]]:
    """Trains the head of a model with a frozen encoder, on its embeddings."""
    encoder, head = encoder_of(model), head_of(model)
    # With the embedding among its outputs, so that names in the history are
    # those of the whole model.
    on_embeddings = LabelModel(
        head.input, {**head.output, "embedding": head.input}
    )
    features, labels = embedded(encoder, x, y)
    if recipe.resample is not None:
        samples = recipe.resample(features, replace(task, labels=labels), seed)
        features, labels = samples.x, samples.y
        task = replace(task, labels=labels)
    if validation_data is not None:
        if not isinstance(validation_data, tuple):
            validation_data = (validation_data, None)
        validation_data = embedded(encoder, *validation_data[:2])
    history = fit(
        stage,
        on_embeddings,
        task,
        features,
        labels,
        validation_data=validation_data,
    )
    # The head is shared; compiled, the whole can be evaluated too.
    model.compile(
        type(on_embeddings.optimizer).from_config(
            on_embeddings.optimizer.get_config()
        ),
        **stage.compile_arguments(model, task),
    )
    return history
