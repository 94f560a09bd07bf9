"""The encoder of molecules: convolutions over the characters of a SMILES."""

from typing import Any

import keras
from keras import ops

from apps.data.molecules.characters import PAD

EMBEDDING = 32
# One convolution takes every second character: most atoms are written with two
# or three, brackets and bonds counted.
STRIDE = 2
KERNEL = 5


def build_encoder(
    num_characters: int,
    length: int,
    width: int = 96,
    num_layers: int = 3,
    units: int = 128,
    dropout: float = 0.1,
    seed: int = 0,
) -> keras.Model:
    """Convolutions, then the maximum and the sum over all places.

    What there is in a molecule shows in the maximum, and how much of it in the
    sum, which temperatures grow with.

    Args:
        num_characters: How many numbers `Characters` gives.
        length: Characters of a row.
        width: Filters of each convolution. Defaults to `96`.
        num_layers: Convolutions; all but the first add to what they read.
            Defaults to `3`.
        units: Features of a molecule. Defaults to `128`.
        dropout: Rate on what is pooled. Defaults to `0.1`.
        seed: Of the dropout. Defaults to `0`.

    Returns:
        Model from numbers of characters, `(batch, length)`, to
        `(batch, units)`.
    """
    inputs = keras.Input((length,), dtype="int32", name="characters")
    hidden = keras.layers.Embedding(num_characters, EMBEDDING)(inputs)
    hidden = ZeroPadding(1)(hidden, inputs)
    for number in range(num_layers):
        convolve = keras.layers.Conv1D(
            width,
            KERNEL,
            strides=1 if number else STRIDE,
            padding="same",
            activation="relu",
        )
        found = ZeroPadding(STRIDE)(convolve(hidden), inputs)
        hidden = hidden + found if number else found
    pooled = PoolPlaces()(hidden)
    pooled = keras.layers.Dropout(dropout, seed=seed)(pooled)
    features = keras.layers.Dense(units, activation="relu")(pooled)
    return keras.Model(inputs, features, name="encoder")


@keras.saving.register_keras_serializable(package="molecules")
class ZeroPadding(keras.layers.Layer):
    """Features of places, and zeros where there is no character.

    After each convolution, so that how far rows are filled up changes nothing.

    Args:
        stride: Characters a place.
    """

    def __init__(self, stride: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stride = stride

    def call(self, features: Any, characters: Any) -> Any:
        kept = ops.not_equal(characters[:, :: self.stride], PAD)
        return features * ops.cast(kept, features.dtype)[:, :, None]

    def compute_output_shape(
        self, features_shape: Any, characters_shape: Any
    ) -> Any:
        return features_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stride": self.stride}


@keras.saving.register_keras_serializable(package="molecules")
class PoolPlaces(keras.layers.Layer):
    """Maximum and sum over places whose padding is zero.

    Features must not be negative.
    """

    # The sum about as large as the maximum: a molecule has so many places.
    PLACES = 16.0

    def call(self, features: Any) -> Any:
        largest = ops.max(features, axis=1)
        total = ops.sum(features, axis=1) / self.PLACES
        return ops.concatenate([largest, total], axis=-1)

    def compute_output_shape(self, features_shape: Any) -> Any:
        return (features_shape[0], 2 * features_shape[-1])
