import keras
import numpy as np
import pytest
from keras import ops

from apps.benchmarks.masked_encoder import build_masked_encoder
from apps.data.sts_b_dir.batches import LENGTHS
from apps.data.sts_b_dir.batches import PairBatches
from apps.data.sts_b_dir.encoder import SentenceEncoder
from apps.data.sts_b_dir.encoder import build_encoder
from apps.data.sts_b_dir.text import MAX_TOKENS
from keras_groupdir import VanillaRegressor

TABLE = np.random.default_rng(0).normal(size=(9, 4)).astype("float32")
TABLE[0] = 0
UNITS = 3
FIRST = np.array([[3, 4, 5, 0, 0], [6, 0, 0, 0, 0]], dtype="int32")
SECOND = np.array([[7, 8, 0, 0, 0], [1, 2, 3, 4, 5]], dtype="int32")


def encoder(num_layers=1, dropout=0.0):
    return SentenceEncoder(TABLE, UNITS, num_layers, dropout, seed=0)


@pytest.mark.parametrize("num_layers", [1, 2])
def test_the_mask_free_form_equals_masked_layers(num_layers):
    model = build_encoder(TABLE, UNITS, num_layers, dropout=0.0, seed=0)
    (layer,) = (x for x in model.layers if isinstance(x, SentenceEncoder))
    pairs = {"first": FIRST, "second": SECOND}
    np.testing.assert_allclose(
        model.predict(pairs, verbose=0),
        build_masked_encoder(layer).predict(pairs, verbose=0),
        rtol=1e-5,
        atol=1e-5,
    )


@pytest.mark.skipif(
    keras.config.backend() == "torch", reason="torch does not compile."
)
def test_no_batch_is_compiled_again(monkeypatch):
    """Python runs through the layer once per program, not once per batch."""
    calls = []
    call = SentenceEncoder.call

    def counted(self, first, second, training=False):
        calls.append(first.shape)
        return call(self, first, second, training=training)

    model = build_encoder(TABLE, UNITS, 1, dropout=0.0, seed=0)
    model = VanillaRegressor(model, 0, 5)
    model.compile("sgd")
    rng = np.random.default_rng(0)
    ids = rng.integers(1, 9, (60, MAX_TOKENS)).astype("int32")
    ids[np.arange(MAX_TOKENS) >= rng.integers(1, 41, 60)[:, None]] = 0
    batches = PairBatches(ids, ids, np.zeros(60), batch_size=4, seed=0)
    monkeypatch.setattr(SentenceEncoder, "call", counted)
    model.fit(batches, epochs=3, verbose=0)
    # Three lengths; what TensorFlow traces before it knows they differ, and
    # what JAX runs for shapes alone, makes one more each.
    assert 0 < len(calls) <= 2 * len(LENGTHS)
    assert len(batches) > 2 * len(LENGTHS)


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
