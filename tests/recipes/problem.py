"""One small problem for all recipes."""

import keras
import numpy as np

from keras_groupdir.density import label_bins
from keras_groupdir.recipes import Task
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)
BINS = label_bins(0, 8, bin_width=1)


def fitted(name, task=None, x=X, y=Y, **arguments):
    """A recipe trained on a small encoder, from one seed."""
    keras.utils.set_random_seed(0)
    settings = {"epochs": 2, "batch_size": 16, "verbose": 0, **arguments}
    task = task or Task(Y, BINS, error="squared")
    return fit_recipe(
        make_recipe(name), small_encoder(), task, x, y, **settings
    )


def weights_of(model):
    return [np.array(weight) for weight in model.get_weights()]
