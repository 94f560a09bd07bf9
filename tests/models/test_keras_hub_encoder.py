import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from tests.support.models import GROUPS
from tests.support.models import skewed_data

pytestmark = pytest.mark.usefixtures("eager")

TOKENS = {
    "token_ids": np.random.default_rng(0).integers(1, 20, (12, 5)),
    "segment_ids": np.zeros((12, 5), dtype="int32"),
    "padding_mask": np.tile(np.arange(5) < 4, (12, 1)),
}


def pooled_backbone():
    """A tiny BERT with random weights; nothing is downloaded."""
    keras_hub = pytest.importorskip("keras_nlp")
    backbone = keras_hub.models.BertBackbone(
        vocabulary_size=20,
        num_layers=1,
        num_heads=2,
        hidden_dim=8,
        intermediate_dim=8,
        max_sequence_length=5,
    )
    pooled = keras.layers.GlobalAveragePooling1D()(
        backbone.output["sequence_output"]
    )
    return backbone, keras.Model(backbone.input, pooled)


@pytest.mark.slow
@pytest.mark.ecosystem(
    "KerasHub text backbone (a tiny BERT)",
    "works",
    "pool its sequence output",
)
def test_a_keras_hub_backbone_trains_predicts_and_comes_back(tmp_path):
    _, encoder = pooled_backbone()
    model = GroupRegressor(encoder, GROUPS)
    model.compile("adam")
    _, y = skewed_data(size=12)
    before = [np.array(w) for w in encoder.get_weights()]
    history = model.fit(TOKENS, y, batch_size=12, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert any(
        np.any(old != new)
        for old, new in zip(before, encoder.get_weights(), strict=True)
    )
    assert model.predict(TOKENS, verbose=0).shape == (12, 1)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        loaded.predict(TOKENS, verbose=0),
        model.predict(TOKENS, verbose=0),
        atol=1e-5,
    )
    for kept, weight in zip(
        loaded.get_weights(), model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(kept, weight)


@pytest.mark.slow
@pytest.mark.ecosystem(
    "KerasHub backbone without pooling",
    "refused",
    "the error says to pool it",
)
def test_an_unpooled_backbone_is_named():
    backbone, _ = pooled_backbone()
    with pytest.raises(ValueError, match=r"Received: dict. Add pooling, or"):
        GroupRegressor(backbone, GROUPS)
