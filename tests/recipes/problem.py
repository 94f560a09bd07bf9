"""One small problem for all recipes."""

import keras
import numpy as np

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)
BINS = LabelGroups.equal_width(0, 8, width=1)


def form_of(name):
    """What a recipe's graphs are made of, but for losses and weights.

    Stages, and of each the model's layers with those of their settings that
    are words: two recipes of one form differ in losses, which every backend
    tries alone, traced and not, in `tests/losses`; and in what NumPy computes.
    """
    task, recipe = LabelTask(Y, BINS), make_recipe(name)
    stages = (
        (
            stage.trains,
            stage.resample is not None,
            stage.stratified,
            *layers_of(stage.build(small_encoder(), task)),
        )
        for stage in recipe.stages
    )
    return recipe.finish is not None, *stages


def layers_of(model):
    yield type(model)
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_of(layer)
            continue
        words = {
            key: value
            for key, value in layer.get_config().items()
            if isinstance(value, str | bool) and key not in ("name", "dtype")
        }
        yield type(layer), tuple(sorted(words.items()))


# The first recipe of each form.
FORMS = tuple({form_of(name): name for name in reversed(RECIPES)}.values())
FORMS = tuple(name for name in RECIPES if name in FORMS)
# All recipes are tried where a fit takes the least.
TRIED = tuple(RECIPES) if keras.config.backend() == "torch" else FORMS


def fitted(name, task=None, x=X, y=Y, **arguments):
    """A recipe trained on a small encoder, from one seed."""
    keras.utils.set_random_seed(0)
    recipe = make_recipe(name)
    settings = {"epochs": 2, "batch_size": 16, "verbose": 0}
    if recipe.finish is not None:
        settings["validation_data"] = (X, Y) if y is None else (x, y)
    task = task or LabelTask(Y, BINS, error="squared")
    return fit_recipe(
        recipe, small_encoder(), task, x, y, **{**settings, **arguments}
    )


def weights_of(model):
    return [np.array(weight) for weight in model.get_weights()]
