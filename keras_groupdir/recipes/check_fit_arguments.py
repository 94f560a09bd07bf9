"""What `fit_recipe` cannot be given."""

from typing import Any

import keras

from keras_groupdir.labels.check_inside import check_inside
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import HEAD
from keras_groupdir.recipes.recipe import Recipe

SAVERS = (keras.callbacks.ModelCheckpoint, keras.callbacks.BackupAndRestore)


def check_fit_arguments(
    recipe: Recipe, task: LabelTask, y: Any, fit_arguments: dict[str, Any]
) -> None:
    """Refuses what is no recipe or task, and arguments that `fit` alone takes.

    Args:
        recipe: What was given for it.
        task: What was given for it.
        y: Labels of arrays, or `None`.
        fit_arguments: Those for `keras.Model.fit`.
    """
    if not isinstance(recipe, Recipe):
        raise ValueError(
            "`recipe` must come from make_recipe, or be a name in RECIPES. "
            f"Received: {recipe!r}"
        )
    if not isinstance(task, LabelTask):
        raise ValueError(
            "`task` must be a recipes.LabelTask, which holds training labels "
            f"and bins. Received: {type(task).__name__}"
        )
    check_inside("task.labels", task.labels, (task.low, task.high))
    steps = fit_arguments.get("steps_per_epoch")
    if y is not None and steps is not None:
        raise ValueError(
            "`steps_per_epoch` is for a data set: an epoch of arrays is all "
            f"samples. Received: steps_per_epoch={steps!r}"
        )
    if "validation_split" in fit_arguments:
        raise ValueError(
            "`validation_split` is not for fit_recipe: give `validation_data`; "
            "samples that a recipe makes up must not be validated on."
        )


def check_callbacks(recipe: Recipe, callbacks: Any) -> None:
    """Refuses callbacks that would save the head alone, as if it were all.

    Args:
        recipe: Of which a stage may train the head on embeddings.
        callbacks: A list of them, one, `None`, or a function that makes them.
    """
    if not any(stage.trains == HEAD for stage in recipe.stages):
        return
    own = callbacks() if callable(callbacks) else callbacks or []
    for one in keras.tree.flatten(own):
        if isinstance(one, SAVERS):
            raise ValueError(
                f"`callbacks` must not save models for {recipe.title}, which "
                "trains its head alone, on embeddings: save what fit_recipe "
                f"returns. Received: {type(one).__name__}"
            )
