"""One small problem for all recipes."""

import keras
import numpy as np

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)
BINS = LabelGroups.equal_width(0, 8, width=1)

# Recipes whose models are unlike each other; the rest differ in losses and
# weights alone, which are no part of what is exported.
FORMS = (
    "vanilla",
    "rrt",
    "bmc",
    "vae",
    "lds_fds_der",
    "con_r",
    "vir",
    "quantile",
    "cisir",
    "uvote",
    "group_ce_hard",
    "groupdir_balanced",
    "hl_gauss",
    "coral",
    "hca",
)


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
