"""Trains a model by a recipe, through all its stages."""

from dataclasses import replace
from typing import Any
from typing import NamedTuple

import keras

from keras_groupdir.groups import check_inside
from keras_groupdir.models import LabelModel
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.table import make_recipe
from keras_groupdir.recipes.task import Task
from keras_groupdir.recipes.training_data import training_data


class FittedRecipe(NamedTuple):
    """What `fit_recipe` returns.

    Attributes:
        model: Trained and compiled.
        histories: `History.history` of each stage's `fit`.
    """

    model: LabelModel
    histories: list[dict[str, list[float]]]


def fit_recipe(
    recipe: Recipe | str,
    encoder: keras.Model,
    task: Task,
    x: Any,
    y: Any = None,
    validation_data: Any = None,
    optimizer: Any = "adam",
    callbacks: Any = None,
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
        recipe: From `make_recipe`, or a name in `RECIPES`.
        encoder: Built Keras model with one `(batch, features)` output; it is
            trained in place.
        task: What the recipe has to know of the data.
        x: Inputs, or a `keras.utils.PyDataset` of `(x, y)` batches. A table, a
            2-D array of floats, is what is resampled itself. If a data set
            changes samples at random, an attribute `plain`, `(x, y)` arrays of
            the samples as they are, is what a frozen encoder embeds.
        y: Labels, if `x` is no data set. Shape `(n,)` or `(n, 1)`.
        validation_data: `(x, y)` or a data set. Defaults to `None`.
        optimizer: As for `compile`; each stage gets one like it. Defaults to
            `"adam"`.
        callbacks: As for `keras.Model.fit`, or a function that makes the list
            anew for each stage. Defaults to `None`.
        batch_size: Of arrays, and of embeddings. Defaults to `32`.
        seed: Of made-up samples. Defaults to `0`.
        **fit_arguments: As for `keras.Model.fit`: `epochs` and so on.

    Returns:
        `FittedRecipe`: the trained model and what `fit` returned.

    Examples:

    >>> import numpy as np
    >>> from keras_groupdir.density import label_bins
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> task = Task(y, label_bins(0, 5, bin_width=0.5))
    >>> model, histories = fit_recipe(
    ...     "rrt_lds", encoder, task, x, y, verbose=0
    ... )
    >>> model.predict(x, verbose=0).shape, len(histories)
    ((6, 1), 2)
    """
    if isinstance(recipe, str):
        recipe = make_recipe(recipe)
    _check_arguments(recipe, task, fit_arguments)
    data = training_data(recipe, x, y, validation_data, task)
    given = keras.optimizers.get(optimizer)
    stages = recipe.stages
    if recipe.resample is not None and data.is_table:
        # The samples are there from the start: no second stage is needed.
        data = data.resampled(recipe.resample, seed)
        stages = (replace(stages[0], weigh=stages[-1].weigh),)
    source: Any = encoder
    histories = []
    for stage in stages:
        model = stage.build(source, task)
        trained, seen = model, data
        if stage.freezes:
            trained, seen = data.for_head_of(model)
            if recipe.resample is not None:
                seen = seen.resampled(recipe.resample, seed)
        arguments = stage.compile_arguments(model, seen.task)
        trained.compile(
            type(given).from_config(given.get_config()), **arguments
        )
        history = trained.fit(
            **seen.fit_arguments(stage, batch_size),
            validation_data=None if stage.pretrains else seen.validation,
            callbacks=[] if stage.pretrains else _made(callbacks),
            **fit_arguments,
        )
        if trained is not model:
            # The head and its optimizer are shared; compiled, the whole can be
            # evaluated and trained on.
            model.compile(trained.optimizer, **arguments)
        histories.append(dict(history.history))
        source = model
    return FittedRecipe(model, histories)


def _made(callbacks: Any) -> list[keras.callbacks.Callback]:
    return list(callbacks() if callable(callbacks) else callbacks or [])


def _check_arguments(
    recipe: Recipe, task: Task, fit_arguments: dict[str, Any]
) -> None:
    if not isinstance(recipe, Recipe):
        raise ValueError(
            "`recipe` must come from make_recipe, or be a name in RECIPES. "
            f"Received: {recipe!r}"
        )
    if not isinstance(task, Task):
        raise ValueError(
            "`task` must be a recipes.Task, which holds training labels and "
            f"bins. Received: {type(task).__name__}"
        )
    check_inside("task.labels", task.labels, task.bins)
    for name, why in {
        "sample_weight": "the recipe weighs samples itself",
        "validation_split": "give `validation_data`: samples that a recipe "
        "makes up must not be validated on",
    }.items():
        if name in fit_arguments:
            raise ValueError(f"`{name}` is not for fit_recipe: {why}.")
