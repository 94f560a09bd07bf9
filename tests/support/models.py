"""One small problem and one small model for all tests of models."""

import keras
import numpy as np

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir import LabelModel

GROUPS = LabelGroups.equal_width(0, 8, num_groups=4)


def skewed_data(size=24, seed=0):
    """Inputs and skewed float labels in 0 .. 8 that depend on them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(size, 4)).astype("float32")
    y = 8 / (1 + np.exp(1.5 - x @ [1.0, -1.0, 0.5, 0.0]))
    return x, y.astype("float32")


def repeated(times, *arrays):
    """Rows that come several times: an epoch of them is as many epochs.

    On TensorFlow, to start an epoch takes longer than ten small steps.
    """
    return [np.concatenate([array] * times) for array in arrays]


def small_encoder(name=None):
    """One layer; with a name, all that has one has it."""
    inputs = keras.Input((4,), name=name or "features")
    layer = keras.layers.Dense(6, "tanh", name=name and f"{name}_0")
    return keras.Model(inputs, layer(inputs), name=name)


def small_label_model():
    """One linear unit in label units on the small encoder."""
    encoder = small_encoder()
    unit = keras.layers.Dense(1)(encoder.output)
    outputs = {"prediction": unit, "embedding": encoder.output}
    return LabelModel(encoder.input, outputs)


def small_regressor(**settings):
    return GroupRegressor(small_encoder(), GROUPS, **settings)


def start_again(model, weights, learning_rate=0.01):
    """Puts a model trained by plain SGD, which has no memory, back."""
    model.set_weights(weights)
    model.optimizer.learning_rate.assign(learning_rate)
    return model
