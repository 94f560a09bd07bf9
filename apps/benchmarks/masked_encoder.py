"""The sentence encoder as Keras's own layers make it, to compare with."""

import keras
import numpy as np
from keras import ops

from apps.data.sts_b_dir.encoder import SentenceEncoder
from apps.data.sts_b_dir.text import PAD


def build_masked_encoder(layer: SentenceEncoder) -> keras.Model:
    """Masked bidirectional LSTMs with the weights of a built encoder.

    Encodes one sentence after the other, with a mask that every layer sees.
    The backward LSTM of a mask starts at the last word, like the encoder's.

    Args:
        layer: A built `SentenceEncoder`, without dropout.

    Returns:
        Model from `{"first", "second"}`, word ids `(batch, length)`, to
        `(batch, 8 * units)`.
    """
    table: np.ndarray = layer.embedding.get_weights()[0]
    embedding = keras.layers.Embedding(
        *table.shape, mask_zero=True, trainable=False
    )
    make = keras.layers.LSTM
    stack = [
        keras.layers.Bidirectional(make(layer.units, return_sequences=True))
        for _ in layer.forwards
    ]

    def encode(ids: keras.KerasTensor) -> keras.KerasTensor:
        x = embedding(ids)
        for both in stack:
            x = both(x)
        is_word = ops.expand_dims(ops.not_equal(ids, PAD), -1)
        return ops.max(ops.where(is_word, x, -1e9), axis=1)

    first = keras.Input((None,), dtype="int32", name="first")
    second = keras.Input((None,), dtype="int32", name="second")
    u, v = encode(first), encode(second)
    pair = ops.concatenate([u, v, ops.abs(u - v), u * v], axis=-1)
    model = keras.Model({"first": first, "second": second}, pair)
    embedding.set_weights([table])
    for both, ahead, back in zip(
        stack, layer.forwards, layer.backwards, strict=True
    ):
        both.set_weights(ahead.get_weights() + back.get_weights())
    return model
