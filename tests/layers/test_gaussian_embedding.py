import numpy as np
import pytest
from keras import ops

from keras_groupdir.layers import GaussianEmbedding
from tests.layers.test_noise_scale import OneOutput
from tests.support.contracts import LayerContract

SETTINGS = {"units": 2, "initial_deviation": 0.5}


class TestGaussianEmbedding(OneOutput, LayerContract):
    layer = GaussianEmbedding
    settings = SETTINGS
    num_weights = 2 * (3 + 1) * 2

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 3)).astype("float32")

    def output_reference(self, weights, x):
        rows = []
        for features in x:
            mean, raw = (
                [
                    features @ weights[f"{part}/kernel"][:, k]
                    + weights[f"{part}/bias"][k]
                    for k in range(2)
                ]
                for part in ("mean", "variance")
            )
            rows.append([*mean, *(np.log1p(np.exp(value)) for value in raw)])
        return np.array(rows)


@pytest.mark.parametrize("deviation", [1e-3, 0.1, 1.0, 100.0])
def test_every_variance_starts_at_the_one_asked_for(deviation):
    x = 50 * TestGaussianEmbedding().inputs()
    output = GaussianEmbedding(5, initial_deviation=deviation)(x)
    np.testing.assert_allclose(
        ops.convert_to_numpy(output)[:, 5:], deviation**2, rtol=1e-4
    )


def test_no_features_make_a_variance_endless_or_negative():
    layer = TestGaussianEmbedding().built()
    x = 1e6 * TestGaussianEmbedding().inputs()
    variance = ops.convert_to_numpy(layer(x))[:, 2:]
    assert np.isfinite(variance).all()
    assert (variance >= 0).all()
