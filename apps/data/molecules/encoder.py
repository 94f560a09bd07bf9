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
    hidden = ZeroPadding()(hidden, inputs)
    for number in range(num_layers):
        convolve = keras.layers.Conv1D(
            width,
            KERNEL,
            strides=1 if number else STRIDE,
            padding="same",
            activation="relu",
        )
        hidden = hidden + convolve(hidden) if number else convolve(hidden)
    pooled = PoolCharacters(STRIDE)(hidden, inputs)
    pooled = keras.layers.Dropout(dropout, seed=seed)(pooled)
    features = keras.layers.Dense(units, activation="relu")(pooled)
    return keras.Model(inputs, features, name="encoder")


@keras.saving.register_keras_serializable(package="molecules")
class ZeroPadding(keras.layers.Layer):
    """Vectors of characters, and zeros in place of the padding."""

    def call(self, vectors: Any, characters: Any) -> Any:
        return vectors * _is_character(characters, vectors.dtype)

    def compute_output_shape(
        self, vectors_shape: Any, characters_shape: Any
    ) -> Any:
        return vectors_shape


@keras.saving.register_keras_serializable(package="molecules")
class PoolCharacters(keras.layers.Layer):
    """Maximum and sum over the places of characters, without the padding.

    Both are 0 without a character. Features must not be negative.

    Args:
        stride: Characters a place.
    """

    # The sum as large as the maximum: about so many places has a molecule.
    PLACES = 16.0

    def __init__(self, stride: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stride = stride

    def call(self, features: Any, characters: Any) -> Any:
        kept = _is_character(characters[:, :: self.stride], features.dtype)
        features = features * kept
        largest = ops.max(features, axis=1)
        total = ops.sum(features, axis=1) / self.PLACES
        return ops.concatenate([largest, total], axis=-1)

    def compute_output_shape(
        self, features_shape: Any, characters_shape: Any
    ) -> Any:
        return (features_shape[0], 2 * features_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stride": self.stride}


def _is_character(characters: Any, dtype: Any) -> Any:
    """1 where there is one, else 0. Shape `(batch, places, 1)`."""
    return ops.cast(ops.not_equal(characters, PAD), dtype)[:, :, None]
