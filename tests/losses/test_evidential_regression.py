import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from keras_groupdir.losses import EvidentialRegression
from keras_groupdir.losses import evidential_regression
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract


def reference(labels, evidential, evidence_weight):
    losses = []
    rows = np.asarray(evidential, dtype="float64")
    for y, (gamma, nu, alpha, beta) in zip(np.ravel(labels), rows, strict=True):
        omega = 2 * beta * (1 + nu)
        likelihood = (
            0.5 * math.log(math.pi / nu)
            - alpha * math.log(omega)
            + (alpha + 0.5) * math.log((y - gamma) ** 2 * nu + omega)
            + math.lgamma(alpha)
            - math.lgamma(alpha + 0.5)
        )
        doubt = abs(y - gamma) * (2 * nu + alpha)
        losses.append(likelihood + evidence_weight * doubt)
    return np.array(losses)


def loss_of(labels, evidential, evidence_weight=0.01):
    return ops.convert_to_numpy(
        evidential_regression(
            np.asarray(labels, dtype="float32"),
            np.asarray(evidential, dtype="float32"),
            evidence_weight,
        )
    )


class TestEvidentialRegression(LossContract):
    loss = EvidentialRegression(evidence_weight=0.3)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 12, size).astype("float32")
        evidential = np.stack(
            [
                rng.normal(5, 3, size),
                rng.uniform(0.2, 3, size),
                rng.uniform(1.1, 4, size),
                rng.uniform(0.2, 9, size),
            ],
            axis=1,
        )
        return labels, evidential.astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, 0.3)


def test_the_reference_is_a_density_with_the_variance_of_the_head():
    gamma, nu, alpha, beta = 2.0, 0.5, 4.0, 3.0
    labels = np.linspace(-200, 200, 4_001)
    rows = [[gamma, nu, alpha, beta]] * len(labels)
    density = np.exp(-reference(labels, rows, 0.0))
    step = labels[1] - labels[0]
    assert density.sum() * step == pytest.approx(1, rel=1e-3)
    variance = np.sum(density * (labels - gamma) ** 2) * step
    aleatoric = beta / (alpha - 1)
    assert variance == pytest.approx(aleatoric + aleatoric / nu, rel=1e-2)


@pytest.mark.parametrize("alpha", [1.0, 1.01, 3.7, 50.0, 1e4])
def test_it_is_exact_for_any_evidence(alpha):
    rows = [[3.0, nu, alpha, b] for nu in (1e-3, 1, 1e3) for b in (1e-3, 1e3)]
    labels = [3.0, 3.1, 2.0, 9.0, 3.0, -50.0]
    np.testing.assert_allclose(
        loss_of(labels, rows),
        reference(labels, rows, 0.01),
        rtol=1e-5,
        atol=1e-5,
    )


def test_the_gamma_functions_are_those_of_the_definition():
    # Everything else is 0: the label is met, and pi * omega / nu is 1.
    alphas = [1.0, 1.2, 2.0, 5.0, 40.0, 1e4]
    rows = [[3.0, 1e9, alpha, 0.5 / math.pi] for alpha in alphas]
    np.testing.assert_allclose(
        loss_of([3.0] * 6, rows),
        [math.lgamma(alpha) - math.lgamma(alpha + 0.5) for alpha in alphas],
        rtol=2e-6,
        atol=2e-7,
    )


EXTREME = [
    [3.0, 0.0, 1.0, 0.0],
    [3.0, 1e-30, 1.0, 1e-30],
    [3.0, 1e8, 1e8, 1e-30],
    [3.0, 1e-30, 1e8, 1e8],
    [3.0, -1.0, -1.0, -1.0],
    [3.0, 1e8, 1.0, 1e8],
]


@pytest.mark.parametrize("distance", [0.0, 1e-6, 1e6])
def test_extremes_have_a_finite_value_and_gradient(distance):
    rows = np.array(EXTREME, dtype="float32")
    labels = np.full(6, 3.0 + distance, dtype="float32")
    found = gradient(lambda x: ops.sum(evidential_regression(labels, x)), rows)
    assert np.isfinite(loss_of(labels, rows)).all()
    assert np.isfinite(found).all()


def test_a_wrong_prediction_loses_evidence():
    rows = np.array([[3.0, 1.0, 2.0, 1.0]] * 6, dtype="float32")
    found = gradient(
        lambda x: ops.sum(evidential_regression(np.full(6, 40.0), x, 1.0)), rows
    )
    assert (found[:, 1:3] > 0).all()


@given(shift=st.integers(-50, 50), scale=st.sampled_from([0.25, 1.0, 8.0]))
def test_units_move_the_loss_by_a_constant(shift, scale):
    # With a weight per unit of labels, as a density per unit would.
    labels, rows = TestEvidentialRegression().batch()
    other = rows * np.array([scale, 1, 1, scale**2]) + [shift, 0, 0, 0]
    np.testing.assert_allclose(
        loss_of(scale * labels + shift, other, 0.1 / scale),
        loss_of(labels, rows, 0.1) + math.log(scale),
        rtol=1e-3,
        atol=1e-3,
    )
