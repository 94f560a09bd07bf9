import math

import numpy as np
from keras import ops

from keras_groupdir.layers import EvidentialHead
from keras_groupdir.layers import evidential_uncertainty
from tests.layers.test_noise_scale import OneOutput
from tests.support.contracts import LayerContract

SETTINGS = {"low": -4.0, "high": 6.0}


def softplus(x):
    return math.log1p(math.exp(x))


class TestEvidentialHead(OneOutput, LayerContract):
    layer = EvidentialHead
    settings = SETTINGS
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
            rows.append(
                # A range of 10 around 1.
                [1 + 10 * a, softplus(b), softplus(c) + 1, 100 * softplus(d)]
            )
        return np.array(rows)


def test_the_prediction_starts_in_the_middle_of_the_range():
    output = EvidentialHead(low=20, high=60)(np.zeros((2, 4), "float32"))
    one = math.log(2)  # softplus(0)
    np.testing.assert_allclose(
        ops.convert_to_numpy(output),
        [[40, one, one + 1, 1600 * one]] * 2,
        rtol=1e-6,
    )


def test_variances_are_those_of_the_definition():
    rows = np.array([[5.0, 2.0, 3.0, 8.0], [0.0, 0.5, 1.5, 2.0]], "float32")
    aleatoric, epistemic = map(
        ops.convert_to_numpy, evidential_uncertainty(rows)
    )
    np.testing.assert_allclose(aleatoric, [8 / 2, 2 / 0.5])
    np.testing.assert_allclose(epistemic, [8 / (2 * 2), 2 / (0.5 * 0.5)])


def test_no_embedding_makes_nan_or_an_endless_variance():
    head = EvidentialHead(low=0, high=100)
    head.build((None, 4))
    head.set_weights([np.eye(4), np.zeros(4)])
    size = np.array([1e4, -1e4, 100, -100])[:, None]
    output = head((size * np.ones((4, 4))).astype("float32"))
    for value in (output, *evidential_uncertainty(output)):
        assert np.isfinite(ops.convert_to_numpy(value)).all()
