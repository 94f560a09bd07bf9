"""What `fit_recipe` cannot be given."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import keras

from keras_groupdir.labels.check_inside import check_inside
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import EMBEDDING
from keras_groupdir.recipes.recipe import HEAD
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage

# Of the validation of `fit`, which `callbacks.ValidationError` stands for.
NOT_HERE = {"validation_freq": 1, "validation_steps": None}
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
    for name, default in NOT_HERE.items():
        if fit_arguments.get(name, default) != default:
            raise ValueError(
                f"`{name}` is not for fit_recipe, which validates on all of "
                "`validation_data` after every epoch. "
                f"Received: {name}={fit_arguments[name]!r}"
            )


def check_trainable(
    stages: Sequence[Stage], title: str, encoder: keras.Model
) -> None:
    """Refuses a frozen encoder where a stage trains nothing else.

    Args:
        stages: Of the recipe.
        title: Of the recipe.
        encoder: To be trained.
    """
    is_alone = any(stage.trains == EMBEDDING for stage in stages)
    if is_alone and not encoder.trainable_weights:
        raise ValueError(
            f"`encoder` must have weights to train for {title}, of which a "
            f"stage trains it alone. Received: {encoder.name!r}, all frozen"
        )


def checked_callbacks(
    stages: Sequence[Stage], title: str, callbacks: Any
) -> Callable[[], list[keras.callbacks.Callback]]:
    """Makes the callbacks of a stage; a function makes them anew for each.

    Refuses those that would save the head alone, as if it were all.

    Args:
        stages: Of which one may train the head on embeddings.
        title: Of the recipe.
        callbacks: A list of them, one, `None`, or a function that makes them.
    """
    has_head = any(stage.trains == HEAD for stage in stages)

    def make() -> list[keras.callbacks.Callback]:
        own = callbacks() if callable(callbacks) else callbacks
        made = [] if own is None else keras.tree.flatten(own)
        for one in made:
            if has_head and isinstance(one, SAVERS):
                raise ValueError(
                    f"`callbacks` must not save models for {title}, which "
                    "trains its head alone, on embeddings: save what "
                    f"fit_recipe returns. Received: {type(one).__name__}"
                )
        return made

    # Checked before anything is trained, and then those of the first stage.
    first = [make()]
    return lambda: first.pop() if first else make()
