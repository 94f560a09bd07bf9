import math

import numpy as np
import pytest
from keras import ops

from keras_groupdir.losses import FocalRegression
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract


def reference(y_true, y_pred, error, activation, beta, gamma, scale):
    losses = []
    for label, value in zip(np.ravel(y_true), np.ravel(y_pred), strict=True):
        e = abs(float(label) - float(value)) / scale
        if activation == "sigmoid":
            factor = 2 / (1 + math.exp(-beta * e)) - 1
        else:
            factor = math.tanh(beta * e)
        losses.append(factor**gamma * (e if error == "absolute" else e**2))
    return np.array(losses)


class PredictionBatch:
    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 12, size).astype("float32")
        return labels, rng.normal(5, 3, (size, 1)).astype("float32")

    def reference(self, y_true, y_pred):
        names = ("error", "activation", "beta", "gamma", "scale")
        settings = {name: getattr(self.loss, name) for name in names}
        return reference(y_true, y_pred, **settings)


class TestSquared(PredictionBatch, LossContract):
    loss = FocalRegression("squared", "tanh", beta=0.7, gamma=1.5, scale=3.0)


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
@pytest.mark.parametrize("error", ["absolute", "squared"])
def test_every_setting_is_that_of_the_formula(error, activation, gamma):
    labels, values = PredictionBatch().batch()
    loss = FocalRegression(error, activation, beta=0.3, gamma=gamma)
    np.testing.assert_allclose(
        ops.convert_to_numpy(loss.call(labels, values)),
        reference(labels, values, error, activation, 0.3, gamma, 1.0),
        rtol=1e-5,
    )


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0])
def test_a_perfect_prediction_costs_nothing_and_has_a_finite_gradient(gamma):
    labels = np.array([1.0, 2.0], dtype="float32")
    loss = FocalRegression(gamma=gamma)
    found = gradient(lambda v: ops.sum(loss.call(labels, v)), labels[:, None])
    assert ops.convert_to_numpy(loss.call(labels, labels)).tolist() == [0, 0]
    assert np.isfinite(found).all()


def test_small_errors_count_for_less_than_their_share():
    losses = ops.convert_to_numpy(
        FocalRegression(beta=1.0).call(np.zeros(2), np.array([[0.1], [5.0]]))
    )
    assert losses[0] / 0.1 < 0.1 < 0.9 < losses[1] / 5.0
