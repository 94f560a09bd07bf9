"""A small problem to compare methods on."""

import keras
import numpy as np

from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Problem
from keras_groupdir.recipes import LabelTask
from tests.support.models import skewed_data


def make_encoder():
    inputs = keras.Input((4,), name="features")
    return keras.Model(inputs, keras.layers.Dense(6, "tanh")(inputs))


def make_problem(error="absolute", epochs=3, train=None, **settings):
    """Skewed labels of four numbers each, 48 to train on."""
    x, y = skewed_data(96)
    parts = [(x[start::2][:48], y[start::2][:48]) for start in (0, 1)]
    return Problem(
        make_encoder,
        parts[0] if train is None else train,
        parts[1],
        (
            np.concatenate([p[0] for p in parts]),
            np.concatenate([p[1] for p in parts]),
        ),
        LabelTask(parts[0][1], error=error),
        Budget(epochs=epochs, patience=3, batch_size=16, learning_rate=0.01),
        name="small",
        **settings,
    )
