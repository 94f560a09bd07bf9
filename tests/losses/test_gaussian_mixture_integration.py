import math

import numpy as np
import pytest
from keras import ops

from keras_groupdir.losses import GaussianMixtureIntegration
from keras_groupdir.losses import gaussian_mixture_integration
from tests.losses.test_balanced_loss import BalancedContract
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract

MEANS, VARIANCES, WEIGHTS = [1.0, 4.0, 8.0], [0.25, 1.0, 4.0], [6.0, 3.0, 1.0]


def normal(x, mean, variance):
    return math.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(
        2 * math.pi * variance
    )


def log_loss(labels, predictions, noises):
    """Minus the log of the balanced posterior, its integral in closed form."""
    losses = []
    for label, value, noise in zip(labels, predictions, noises, strict=True):
        common = sum(
            w / 10 * normal(value, m, v + noise**2)
            for m, v, w in zip(MEANS, VARIANCES, WEIGHTS, strict=True)
        )
        # In logs: far from its label the density is 0 in float64, too.
        own = -((label - value) ** 2) / (2 * noise**2) - 0.5 * math.log(
            2 * math.pi * noise**2
        )
        losses.append(-own + math.log(common))
    return np.array(losses)


class TestGaussianMixtureIntegration(BalancedContract, LossContract):
    loss = GaussianMixtureIntegration(MEANS, VARIANCES, WEIGHTS, noise=1.5)

    def log_loss(self, labels, predictions, noises):
        return log_loss(labels, predictions, noises)


def loss_of(labels, predictions, **changes):
    prior = {"means": MEANS, "variances": VARIANCES, "weights": WEIGHTS}
    return ops.convert_to_numpy(
        gaussian_mixture_integration(
            labels, predictions, **{**prior, "noise": 1.5, **changes}
        )
    )


def test_the_normalizer_is_the_integral_over_labels():
    # Riemann sum of p(y) N(y; f, s**2), on a fine grid of labels.
    grid = np.linspace(-40, 60, 100_001)
    prior = sum(
        w / 10 * np.exp(-((grid - m) ** 2) / (2 * v)) / math.sqrt(v)
        for m, v, w in zip(MEANS, VARIANCES, WEIGHTS, strict=True)
    )
    seen = np.exp(-((grid - 2.0) ** 2) / (2 * 1.5**2)) / 1.5
    common = np.sum(prior * seen) * (grid[1] - grid[0]) / (2 * math.pi)
    loss = loss_of([2.0], [2.0])
    own = 0.5 * math.log(2 * math.pi * 1.5**2)
    assert loss[0] == pytest.approx(
        2 * 1.5**2 * (own + math.log(common)), rel=1e-4
    )


def test_one_gaussian_moves_the_optimum_away_from_its_mean():
    # -(f-y)/s**2 + (f-m)/(v+s**2) = 0: f - m = (y - m) * (1 + s**2 / v).
    one = {"means": [2.0], "variances": [4.0], "weights": [1.0]}
    found = gradient(
        lambda x: ops.sum(
            gaussian_mixture_integration([5.0], x, **one, noise=2.0)
        ),
        np.array([2.0 + 3.0 * (1 + 4.0 / 4.0)], dtype="float32"),
    )
    np.testing.assert_allclose(found, 0, atol=1e-5)


def test_only_the_ratio_of_weights_counts():
    labels, predictions = [1.0, 7.0], [2.0, 5.0]
    np.testing.assert_allclose(
        loss_of(labels, predictions, weights=[0.6, 0.3, 0.1]),
        loss_of(labels, predictions),
        rtol=1e-5,
    )
