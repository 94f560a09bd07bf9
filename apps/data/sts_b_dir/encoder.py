"""The sentence pair encoder of STS-B-DIR: GloVe, BiLSTM, max over time."""

from typing import Any

import keras
import numpy as np
from keras import ops

from apps.data.sts_b_dir.text import PAD


def build_encoder(
    table: np.ndarray,
    units: int,
    num_layers: int,
    dropout: float,
    seed: int,
    pair_dropout: float = 0.0,
) -> keras.Model:
    """Encodes two sentences into `[u, v, |u - v|, u * v]`.

    Args:
        table: Word vectors, frozen; row 0 is the padding. Shape
            `(words, width)`.
        units: LSTM units of each direction.
        num_layers: Stacked BiLSTM layers.
        dropout: Rate on word vectors and on sentence features.
        seed: Seed of the dropout; weights follow `keras.utils.set_random_seed`.
        pair_dropout: Rate on the features of the pair, after `|u - v|` has been
            taken. Defaults to `0.0`.

    Returns:
        Model from `{"first", "second"}`, word ids `(batch, length)`, to
        `(batch, 8 * units)`.
    """
    first = keras.Input((None,), dtype="int32", name="first")
    second = keras.Input((None,), dtype="int32", name="second")
    encode = SentenceEncoder(table, units, num_layers, dropout, seed)
    u, v = encode(first, second)
    pair = keras.layers.Concatenate()([u, v, ops.abs(u - v), u * v])
    if pair_dropout:
        pair = keras.layers.Dropout(pair_dropout, seed=seed + 2)(pair)
    return keras.Model({"first": first, "second": second}, pair, name="encoder")


@keras.saving.register_keras_serializable(package="sts_b_dir")
class SentenceEncoder(keras.layers.Layer):
    """A BiLSTM over both sentences of a pair at once, without a mask.

    A mask would cost the backends their fused kernels. It is not needed: what
    follows the last word cannot change the states before it, and for the other
    direction each sentence is turned around within its own length, so that the
    padding comes last again. Only the maximum over time looks at the lengths.

    Args:
        table: Word vectors, or their shape when the weights come from a file.
        units: LSTM units of each direction.
        num_layers: Stacked BiLSTM layers.
        dropout: Rate on word vectors and on sentence features.
        seed: Seed of the dropout.

    Returns:
        Features of the first and of the second sentences, two tensors
        `(batch, 2 * units)`.
    """

    def __init__(
        self,
        table: Any,
        units: int,
        num_layers: int,
        dropout: float,
        seed: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        is_values = isinstance(table, np.ndarray)
        self.table_shape = tuple(table.shape if is_values else table)
        self.units, self.num_layers = units, num_layers
        self.rate, self.seed = dropout, seed
        self.embedding = keras.layers.Embedding(
            *self.table_shape,
            embeddings_initializer=(
                (lambda shape, dtype: ops.convert_to_tensor(table, dtype))
                if is_values
                else "zeros"
            ),
            trainable=False,
        )
        self.word_dropout = keras.layers.Dropout(dropout, seed=seed)
        self.feature_dropout = keras.layers.Dropout(dropout, seed=seed + 1)
        make = keras.layers.LSTM
        self.forwards = [
            make(units, return_sequences=True) for _ in range(num_layers)
        ]
        self.backwards = [
            make(units, return_sequences=True) for _ in range(num_layers)
        ]

    def build(self, first_shape: Any, second_shape: Any) -> None:
        self.embedding.build(first_shape)
        width = self.table_shape[1]
        for ahead, back in zip(self.forwards, self.backwards, strict=True):
            ahead.build((None, None, width))
            back.build((None, None, width))
            width = 2 * self.units

    def call(self, first: Any, second: Any, training: bool = False) -> Any:
        ids = ops.concatenate([first, second], axis=0)
        is_word = ops.not_equal(ids, PAD)
        turn = _turned_positions(is_word)
        x = self.embedding(ids)
        x = self.word_dropout(x, training=training)
        for ahead, back in zip(self.forwards, self.backwards, strict=True):
            turned = ops.take_along_axis(x, turn, axis=1)
            backward = ops.take_along_axis(back(turned), turn, axis=1)
            x = ops.concatenate([ahead(x), backward], axis=-1)
        x = ops.where(is_word[:, :, None], x, -1e9)
        x = self.feature_dropout(ops.max(x, axis=1), training=training)
        half = ops.shape(first)[0]
        return x[:half], x[half:]

    def compute_output_shape(self, first_shape: Any, second_shape: Any) -> Any:
        shape = (first_shape[0], 2 * self.units)
        return shape, shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "table": list(self.table_shape),
            "units": self.units,
            "num_layers": self.num_layers,
            "dropout": self.rate,
            "seed": self.seed,
        }


def _turned_positions(is_word: Any) -> Any:
    """Positions that turn each sentence around and leave padding in place.

    Args:
        is_word: Shape `(batch, length)`.

    Returns:
        Positions to gather, its own inverse. Shape `(batch, length, 1)`.
    """
    lengths = ops.sum(ops.cast(is_word, "int32"), axis=1, keepdims=True)
    steps = ops.arange(ops.shape(is_word)[1], dtype="int32")[None, :]
    return ops.where(steps < lengths, lengths - 1 - steps, steps)[:, :, None]
