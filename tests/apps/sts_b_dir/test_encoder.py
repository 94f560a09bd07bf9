import keras
import numpy as np
import pytest
from keras import ops

from apps.sts_b_dir.encoder import SentenceEncoder
from apps.sts_b_dir.encoder import build_encoder

TABLE = np.random.default_rng(0).normal(size=(9, 4)).astype("float32")
TABLE[0] = 0
UNITS = 3
FIRST = np.array([[3, 4, 5, 0, 0], [6, 0, 0, 0, 0]], dtype="int32")
SECOND = np.array([[7, 8, 0, 0, 0], [1, 2, 3, 4, 5]], dtype="int32")


def encoder(num_layers=1, dropout=0.0):
    return SentenceEncoder(TABLE, UNITS, num_layers, dropout, seed=0)


def masked_reference(layer, ids):
    """The same weights in Keras's own masked bidirectional LSTM."""
    inputs = keras.Input((None,), dtype="int32")
    mask = ops.not_equal(inputs, 0)
    x = keras.layers.Embedding(*TABLE.shape, weights=[TABLE])(inputs)
    weights = []
    for ahead, back in zip(layer.forwards, layer.backwards, strict=True):
        both = keras.layers.Bidirectional(
            keras.layers.LSTM(UNITS, return_sequences=True)
        )
        x = both(x, mask=mask)
        both.set_weights(ahead.get_weights() + back.get_weights())
    weights = keras.Model(inputs, x).predict(ids, verbose=0)
    return np.where(ids[:, :, None] == 0, -np.inf, weights).max(axis=1)


@pytest.mark.parametrize("num_layers", [1, 2])
def test_the_mask_free_form_equals_masked_layers(num_layers):
    layer = encoder(num_layers)
    u, v = layer(FIRST, SECOND)
    for actual, ids in ((u, FIRST), (v, SECOND)):
        np.testing.assert_allclose(
            ops.convert_to_numpy(actual),
            masked_reference(layer, ids),
            rtol=1e-5,
            atol=1e-5,
        )


def test_padding_does_not_matter():
    layer = encoder()
    longer = np.pad(FIRST, ((0, 0), (0, 3)))
    u, _ = layer(FIRST, SECOND)
    padded, _ = layer(longer, np.pad(SECOND, ((0, 0), (0, 3))))
    np.testing.assert_allclose(
        ops.convert_to_numpy(padded), ops.convert_to_numpy(u), atol=1e-6
    )


def test_word_vectors_are_kept_and_frozen():
    layer = encoder()
    layer(FIRST, SECOND)
    assert layer.embedding.trainable_weights == []
    np.testing.assert_array_equal(layer.embedding.get_weights()[0], TABLE)


def test_features_are_both_sentences_their_difference_and_their_product():
    model = build_encoder(TABLE, UNITS, 1, dropout=0.0, seed=0)
    pair = model.predict({"first": FIRST, "second": SECOND}, verbose=0)
    u, v = pair[:, : 2 * UNITS], pair[:, 2 * UNITS : 4 * UNITS]
    assert pair.shape == (2, 8 * UNITS)
    np.testing.assert_allclose(
        pair[:, 4 * UNITS :],
        np.concatenate([np.abs(u - v), u * v], axis=1),
        atol=1e-6,
    )


def test_a_saved_encoder_has_its_settings_and_its_word_vectors(tmp_path):
    model = build_encoder(TABLE, UNITS, num_layers=2, dropout=0.25, seed=3)
    model.save(tmp_path / "encoder.keras")
    loaded = keras.saving.load_model(tmp_path / "encoder.keras")
    pairs = {"first": FIRST, "second": SECOND}
    np.testing.assert_allclose(
        loaded.predict(pairs, verbose=0),
        model.predict(pairs, verbose=0),
        atol=1e-6,
    )
    layer = next(x for x in loaded.layers if isinstance(x, SentenceEncoder))
    config = layer.get_config()
    assert (config["num_layers"], config["dropout"]) == (2, 0.25)
    assert config["seed"] == 3
