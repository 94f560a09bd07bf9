"""A small encoder for a table of numbers."""

import keras
import numpy as np


def build_encoder(x: np.ndarray, units: int = 128) -> keras.Model:
    """Two hidden layers on features scaled by their training statistics.

    Args:
        x: Training features, for mean and variance. Shape `(n, features)`. A
            constant one is only shifted.
        units: Units of each layer. Defaults to `128`.

    Returns:
        Model from `(batch, features)` to `(batch, units)`.
    """
    is_constant = x.min(axis=0) == x.max(axis=0)
    scale = keras.layers.Normalization(
        mean=np.where(is_constant, x[0], x.mean(axis=0)).astype("float32"),
        variance=np.where(is_constant, 1, x.var(axis=0)).astype("float32"),
    )
    inputs = keras.Input((x.shape[1],), name="features")
    hidden = keras.layers.Dense(units, activation="relu")(scale(inputs))
    hidden = keras.layers.Dense(units, activation="relu")(hidden)
    return keras.Model(inputs, hidden, name="encoder")
