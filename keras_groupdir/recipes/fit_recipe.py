"""Trains a model by a recipe, through all its stages."""

import sys
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import keras

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_whole
from keras_groupdir.models import FittedGroupWeights
from keras_groupdir.models import LabelModel
from keras_groupdir.models import PriorCorrection
from keras_groupdir.models import head_of
from keras_groupdir.recipes.check_fit_arguments import check_fit_arguments
from keras_groupdir.recipes.check_fit_arguments import check_trainable
from keras_groupdir.recipes.check_fit_arguments import checked_callbacks
from keras_groupdir.recipes.checked_data import checked_data
from keras_groupdir.recipes.compiled_models import CompiledModels
from keras_groupdir.recipes.first_used import first_used
from keras_groupdir.recipes.first_used import mark_used
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.optimizer_like import optimizer_like
from keras_groupdir.recipes.recipe import EMBEDDING
from keras_groupdir.recipes.recipe import HEAD
from keras_groupdir.recipes.recipe import Correct
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.table import RECIPES
from keras_groupdir.recipes.table import make_recipe
from keras_groupdir.recipes.training_data import TrainingData
from keras_groupdir.types import ArrayLike


class FittedRecipe(NamedTuple):
    """What `fit_recipe` returns.

    Attributes:
        model: Trained and compiled.
        histories: `History.history` of each stage's `fit`. That of the last
            one also says what a recipe chose by validation, as
            `"group_weights"`, or why it did not, as `"not_fitted"`.
    """

    model: LabelModel
    histories: list[dict[str, list[Any]]]


def fit_recipe(
    recipe: Recipe | str,
    encoder: keras.Model | Callable[[], keras.Model],
    task: LabelTask,
    x: Any,
    y: Any = None,
    validation_data: Any = None,
    optimizer: Any = "adam",
    callbacks: Any = None,
    batch_size: int = 32,
    seed: int = 0,
    shuffle: bool = True,
    still_data: Any = None,
    compiled: CompiledModels | None = None,
    epoch_at_once: bool = False,
    sample_weight: ArrayLike | None = None,
    **fit_arguments: Any,
) -> FittedRecipe:
    """Builds, compiles and fits what a recipe says.

    Each stage is one `fit` with a new optimizer. A stage that trains nothing
    but the embedding gets no validation data and no callbacks: the error of
    its prediction means nothing. A stage of the head alone is trained on
    embeddings that are computed once, without dropout; the encoder stays
    frozen after it.

    Args:
        recipe: From `make_recipe`, or a name in `RECIPES`.
        encoder: Built Keras model with one `(batch, features)` output, which is
            trained in place, once; or a function that builds one.
        task: What the recipe has to know of the data.
        x: Inputs; or a data set of `(x, y)` batches, which has to be one that
            can be gone through again if the recipe weighs samples or freezes
            the encoder. A table, a 2-D array of floats, is what is resampled
            itself.
        y: Labels, if `x` is no data set. Shape `(n,)` or `(n, 1)`.
        validation_data: `(x, y)` or a data set, of which
            `val_prediction_mae` and `val_prediction_mse` are logged; a recipe
            that corrects what it has trained chooses by it. Defaults to
            `None`.
        optimizer: As for `compile`; each stage gets one like it. Defaults to
            `"adam"`.
        callbacks: As for `keras.Model.fit`, or a function that makes the list
            anew for each stage; not one that saves models, if a stage trains
            the head alone. Defaults to `None`.
        batch_size: Of arrays, and of embeddings. Defaults to `32`.
        seed: Of the order of arrays, and of made-up samples. Defaults to `0`.
        shuffle: Whether arrays come in a new order each epoch. Defaults to
            `True`.
        still_data: `(x, y)` of the training samples as they are, if `x`
            changes them at random: what a frozen encoder embeds. Defaults to
            `None`.
        compiled: Models of an earlier call to train again. Defaults to `None`.
        epoch_at_once: Whether all batches of an epoch are one execution, see
            `steps_per_execution` of `keras.Model.compile`: less time for small
            models, but no progress inside an epoch. For arrays, not on torch.
            Defaults to `False`.
        sample_weight: What samples of arrays count, beside what the recipe
            weighs; not for one that makes up samples. Neither density nor
            validation knows of it. Shape `(n,)`. Defaults to `None`.
        **fit_arguments: As for `keras.Model.fit`: `epochs` and so on.

    Returns:
        `FittedRecipe`: the trained model and what `fit` returned.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> task = LabelTask(y, LabelGroups.equal_width(0, 5, width=0.5))
    >>> model, histories = fit_recipe(
    ...     "rrt_lds", encoder, task, x, y, verbose=0
    ... )
    >>> model.predict(x, verbose=0).shape, len(histories)
    ((6, 1), 2)
    """
    if isinstance(recipe, str):
        recipe = make_recipe(check_choice("recipe", recipe, RECIPES))
    check_whole("batch_size", batch_size, at_least=1)
    check_whole("seed", seed, at_least=0)
    check_fit_arguments(recipe, task, y, fit_arguments)
    data = checked_data(
        recipe, x, y, validation_data, still_data, task, sample_weight
    )
    stages = data.stages_of(recipe)
    make_callbacks = checked_callbacks(stages, recipe.title, callbacks)
    given = encoder = first_used(encoder)
    check_trainable(stages, recipe.title, encoder)
    models = CompiledModels() if compiled is None else compiled
    histories = []
    for number, stage in enumerate(stages):
        seen = data.embedded(encoder) if stage.trains == HEAD else data
        if stage.resample is not None:
            seen = seen.resampled(stage.resample, seed)
        # Of the labels as they are: made-up ones are others for each seed.
        fresh = stage.build(encoder, task)
        arguments = _compile_arguments(stage, fresh, seen.task, optimizer)
        batches = seen.batches(stage, batch_size, seed if shuffle else None)
        if epoch_at_once and stage.resample is None:
            # Resampled, each seed has other steps, for which it is compiled.
            arguments["steps_per_execution"] = _steps_at_once(batches)
        model, trained = models.take(
            f"stage {number}",
            fresh,
            _head_alone if stage.trains == HEAD else None,
            arguments,
        )
        mark_used(given)
        history = trained.fit(
            # Embeddings of a data set are arrays, of steps of their own.
            **{**fit_arguments, **batches},
            callbacks=_callbacks(stage, trained, seen, make_callbacks),
        )
        histories.append(dict(history.history))
        encoder = getattr(model, "encoder", encoder)
    if trained is not model and compiled is None:
        # The head and its optimizer are shared; compiled, the whole can be
        # evaluated and trained on.
        encoder.trainable = False
        model.compile(**{**arguments, "optimizer": trained.optimizer})
    if recipe.finish is None:
        return FittedRecipe(model, histories)
    chosen = _chosen(recipe.finish, stage, model, data)
    found = {name: [value] for name, value in chosen.settings.items()}
    histories[-1].update(found)
    if chosen.model is not model:
        fresh_optimizer = optimizer_like(optimizer)
        chosen.model.compile(**{**arguments, "optimizer": fresh_optimizer})
        # A file of it holds what an optimizer has, built or not.
        fresh_optimizer.build(chosen.model.trainable_variables)
    if fit_arguments.get("verbose"):
        sys.stdout.write(f"Chosen by validation: {chosen.said}\n")
    return FittedRecipe(chosen.model, histories)


def _compile_arguments(
    stage: Stage, model: LabelModel, task: LabelTask, optimizer: Any
) -> dict[str, Any]:
    if stage.losses is None:
        losses, weights = model.default_losses(), model.default_loss_weights()
    else:
        losses, weights = stage.losses(model, task)
    return {
        "optimizer": optimizer_like(optimizer),
        "loss": losses,
        "loss_weights": weights,
        "metrics": {"prediction": ["mae", "mse"]},
    }


def _steps_at_once(batches: dict[str, Any]) -> int:
    """Batches of an epoch of arrays; 1 where that is not to be had."""
    on_torch = keras.config.backend() == "torch"
    return 1 if on_torch else batches.get("steps_per_epoch", 1)


def _head_alone(model: LabelModel) -> LabelModel:
    """From embeddings to the outputs of a model, whose layers it shares."""
    head = head_of(model)
    # With the embedding among its outputs, so that names in the history are
    # those of the whole model.
    return LabelModel(head.input, {**head.output, "embedding": head.input})


def _chosen(
    finish: Correct, stage: Stage, model: LabelModel, data: TrainingData
) -> PriorCorrection | FittedGroupWeights:
    """What a recipe corrects of its trained model, by held-out samples."""
    known, labels = data.held_out()
    task = data.task
    # What counts more in training does here, too.
    counts = None if stage.weigh is None else stage.weigh(labels, task)
    return finish(model, known, labels, task.labels, counts)


def _callbacks(
    stage: Stage,
    model: LabelModel,
    data: TrainingData,
    make: Callable[[], list[keras.callbacks.Callback]],
) -> list[keras.callbacks.Callback]:
    if stage.trains == EMBEDDING:
        return []
    return [*data.statistics(model), *data.validation_error(), *make()]
