import math

import numpy as np
import pytest
from keras import ops

from keras_groupdir.layers import CumulativeLogits
from tests.layers.test_noise_scale import OneOutput
from tests.support.contracts import LayerContract


class TestCumulativeLogits(OneOutput, LayerContract):
    layer = CumulativeLogits
    settings = {"num_groups": 5}  # noqa: RUF012
    num_weights = 3 + 1 + 3

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 3)).astype("float32")

    def output_reference(self, weights, x):
        rows = []
        for embedding in x:
            z = embedding @ weights["score/kernel"][:, 0] + weights["first"][0]
            row = [z]
            for gap in weights["gaps"]:
                z = z - math.log1p(math.exp(gap))
                row.append(z)
            rows.append(row)
        return np.array(rows)


@pytest.mark.parametrize("num_groups", [2, 3, 10, 120])
def test_all_groups_are_equally_likely_at_first(num_groups):
    logits = CumulativeLogits(num_groups)(np.zeros((1, 3), "float32"))
    above = ops.convert_to_numpy(ops.sigmoid(logits))[0]
    expected = [1 - k / num_groups for k in range(1, num_groups)]
    np.testing.assert_allclose(above, expected, rtol=1e-4)


@pytest.mark.parametrize("size", [1.0, 30.0, 1e4])
def test_logits_never_rise_whatever_the_weights(size):
    layer = CumulativeLogits(6)
    layer.build((None, 3))
    rng = np.random.default_rng(0)
    for _ in range(20):
        layer.set_weights(
            [rng.normal(size=w.shape, scale=size) for w in layer.weights]
        )
        x = rng.normal(size=(9, 3)).astype("float32")
        assert (np.diff(ops.convert_to_numpy(layer(x))) <= 0).all()


def test_one_edge_has_no_gaps():
    layer = CumulativeLogits(2)
    assert layer(np.zeros((2, 3), "float32")).shape == (2, 1)
    assert len(layer.weights) == 2
