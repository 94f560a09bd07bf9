"""Checks what `fit_recipe` is given, before anything is trained."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_rows
from keras_groupdir.labels.check_inside import check_inside
from keras_groupdir.models.fit_arguments import plain_labels
from keras_groupdir.recipes.array_batches import as_array
from keras_groupdir.recipes.array_batches import check_numeric
from keras_groupdir.recipes.data_batches import all_batches
from keras_groupdir.recipes.data_batches import check_repeatable
from keras_groupdir.recipes.data_batches import check_training_parts
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import HEAD
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.training_data import TrainingData


def checked_data(
    recipe: Recipe,
    x: Any,
    y: Any,
    validation: Any,
    still: Any,
    task: LabelTask,
    weights: Any = None,
) -> TrainingData:
    """Checks what `fit_recipe` was given, before anything is trained.

    Raises:
        ValueError: If the recipe cannot be trained on it.
    """
    rereads = any(
        stage.weigh is not None or stage.trains == HEAD
        for stage in recipe.stages
    )
    if y is not None:
        y = plain_labels(y)
        labels = check_labels("y", y)
        check_rows("y", labels, x)
        check_inside("y", labels, (task.low, task.high))
        x = keras.tree.map_structure(as_array, x)
        if recipe.table_stages is not None and hasattr(x, "toarray"):
            x = as_array(x.toarray())  # to be resampled as any other table
        check_numeric("x", x)
    elif rereads or isinstance(x, list):
        why = "which weighs samples or freezes the encoder"
        check_repeatable("x", x, f"{recipe.title}, {why}")
        check_training_parts(x)
    if validation is None and recipe.finish is not None:
        raise ValueError(
            f"`validation_data` must be given for {recipe.title}, which "
            "corrects its routing by it. Received: none"
        )
    if isinstance(validation, list | tuple):
        validation = _checked_pair("validation_data", validation)
    elif validation is not None:
        check_repeatable(
            "validation_data", validation, "an error after every epoch"
        )
    needs_held_out = any(_needs_held_out(stage) for stage in recipe.stages)
    if needs_held_out and validation is None:
        raise ValueError(
            f"`validation_data` must be given for {recipe.title}, whose "
            "weights of samples match its labels. Received: none"
        )
    if needs_held_out or recipe.finish is not None:
        held_out = _held_out_labels(validation)
        if needs_held_out:
            task = replace(task, held_out=held_out)
    if still is not None:
        still = _checked_pair("still_data", still)
    if weights is not None:
        weights = _checked_weights(recipe, y, still, weights)
    return TrainingData(x, y, validation, still, task, weights)


def _needs_held_out(stage: Stage) -> bool:
    """Whether a stage weighs samples by the labels of the validation set."""
    return bool(getattr(stage.weigh, "needs_held_out", False))


def _held_out_labels(validation: Any) -> np.ndarray:
    """All of them; those of a data set are checked before training."""
    if isinstance(validation, tuple):
        labels: np.ndarray = validation[1]
        return labels
    batches = all_batches(validation, drops_weights=True)
    found = [np.ravel(labels) for _, labels in batches]
    if not found:
        raise ValueError(
            "`validation_data` must hold at least one batch. Received: none"
        )
    return check_labels("validation_data", np.concatenate(found))


def _checked_weights(
    recipe: Recipe, y: Any, still: Any, weights: Any
) -> np.ndarray:
    if y is None:
        raise ValueError(
            "`sample_weight` is for arrays. Received: `x` is a data set"
        )
    if any(stage.resample is not None for stage in recipe.stages):
        raise ValueError(
            f"`sample_weight` is not for {recipe.title}, which makes up "
            "samples, whose weight is not known."
        )
    weights = check_counts("sample_weight", weights)
    check_rows("sample_weight", weights, check_labels("y", y), "y")
    if still is not None:
        check_rows("sample_weight", weights, still[1], "still_data[1]")
    return weights


def _checked_pair(name: str, pair: Any) -> tuple[Any, np.ndarray]:
    """Inputs as arrays, and labels that are as many."""
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        parts = len(pair) if isinstance(pair, list | tuple) else 1
        raise ValueError(f"`{name}` must be (x, y). Received: {parts} parts")
    inputs, labels = pair
    labels = check_labels(f"{name}[1]", plain_labels(labels))
    check_rows(f"{name}[1]", labels, inputs, f"{name}[0]")
    inputs = keras.tree.map_structure(as_array, inputs)
    check_numeric(f"{name}[0]", inputs)
    return inputs, labels
