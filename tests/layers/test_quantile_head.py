import math

import numpy as np
import pytest
from keras import ops

from keras_groupdir.layers import QuantileHead
from tests.layers.test_noise_scale import OneOutput
from tests.support.contracts import LayerContract

LEVELS = [0.1, 0.25, 0.5, 0.9]


def softplus(x):
    return math.log1p(math.exp(x))


class TestQuantileHead(OneOutput, LayerContract):
    layer = QuantileHead
    settings = {"quantiles": LEVELS, "start": 3.0, "spread": 2.0}  # noqa: RUF012
    num_weights = (4 + 1) * 4

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 4)).astype("float32")

    def output_reference(self, weights, x):
        rows = []
        for embedding in x:
            a, b, c, d = (
                embedding @ weights["units/kernel"][:, k]
                + weights["units/bias"][k]
                for k in range(4)
            )
            median = 3 + 2 * c
            lower = median - 2 * softplus(b)
            lowest = lower - 2 * softplus(a)
            rows.append([lowest, lower, median, median + 2 * softplus(d)])
        return np.array(rows)


@pytest.mark.parametrize("size", [1.0, 1e3, 1e6])
def test_quantiles_never_cross(size):
    head = QuantileHead([0.05, 0.2, 0.5, 0.8, 0.95])
    rng = np.random.default_rng(0)
    output = head(size * rng.normal(size=(50, 4)).astype("float32"))
    assert (np.diff(ops.convert_to_numpy(output), axis=1) >= 0).all()


@pytest.mark.parametrize("levels", [[0.5], [0.5, 0.9], [0.1, 0.5]])
def test_the_median_may_be_at_an_end(levels):
    head = QuantileHead(levels, start=5.0)
    output = ops.convert_to_numpy(head(np.zeros((1, 4), "float32")))[0]
    assert output[head.median] == 5
    assert (np.diff(output) > 0).all()
