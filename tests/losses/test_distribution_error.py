import numpy as np
import pytest
from keras import ops

from keras_groupdir.labels import label_quantiles
from keras_groupdir.losses import DistributionError
from keras_groupdir.losses import distribution_error
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract

TABLE = [-1.0, 0.5, 0.5, 3.0, 8.0, 9.0, 14.0]


def quantile(table, share):
    """Straight lines between entries, over the share that each stands for."""
    last = len(table) - 1
    # The inverse of sin(x)**2 on (0, pi / 2), by another formula.
    places = last / np.pi * np.arccos(1 - 2 * share)
    return np.interp(places, np.arange(last + 1), table)


def reference(labels, predictions, table, scale, power, weight):
    y = np.ravel(labels).astype("float64")
    f = np.ravel(predictions).astype("float64")
    losses = []
    for i in range(len(y)):
        below = sum(f[j] < f[i] or (f[j] == f[i] and j < i) for j in range(i))
        below += sum(f[j] < f[i] for j in range(i + 1, len(f)))
        expected = quantile(table, (below + 0.5) / len(f))
        plain = (abs(y[i] - f[i]) / scale) ** power
        losses.append(plain + weight * (abs(expected - f[i]) / scale) ** power)
    return np.array(losses)


def loss_of(labels, predictions, *settings):
    return ops.convert_to_numpy(
        distribution_error(
            np.asarray(labels, "float32"),
            np.asarray(predictions, "float32"),
            *settings,
        )
    )


class TestDistributionError(LossContract):
    loss = DistributionError(TABLE, scale=3.0, error="squared", weight=0.7)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 9, size).astype("float32")
        return labels, rng.normal(5, 4, (size, 1)).astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, TABLE, 3.0, 2, 0.7)


@pytest.mark.parametrize("size", [1, 2, 5, 64, 300])
def test_any_size_of_batch_has_quantiles_of_its_own(size):
    rng = np.random.default_rng(size)
    labels, predictions = rng.uniform(0, 9, size), rng.normal(5, 4, size)
    np.testing.assert_allclose(
        loss_of(labels, predictions, TABLE, 2.0),
        reference(labels, predictions, TABLE, 2.0, 1, 1.0),
        rtol=1e-4,
        atol=1e-4,
    )


def test_it_is_the_distance_of_sorted_predictions_from_sorted_quantiles():
    rng = np.random.default_rng(4)
    predictions = rng.normal(5, 4, 50)
    shares = (np.arange(50) + 0.5) / 50
    both = loss_of(predictions, predictions, TABLE, 1.0, "absolute", 1.0)
    apart = np.abs(np.sort(predictions) - quantile(TABLE, shares))
    assert both.sum() == pytest.approx(apart.sum(), rel=1e-4)


def test_no_distribution_counts_by_a_weight_of_0():
    rng = np.random.default_rng(4)
    labels, predictions = rng.uniform(0, 9, 8), rng.normal(5, 4, 8)
    np.testing.assert_allclose(
        loss_of(labels, predictions, TABLE, 1.0, "absolute", 0.0),
        np.abs(labels - predictions),
        rtol=1e-5,
    )


def test_following_the_gradient_brings_predictions_to_the_distribution():
    labels = np.random.default_rng(0).lognormal(size=400)
    table = label_quantiles(labels, bandwidth=0.01)
    values = np.linspace(0.9, 1.1, 64, dtype="float32")
    start = np.full(64, np.median(labels), "float32")

    def total(x):
        # Of the labels nothing but the distribution is known.
        return ops.sum(
            distribution_error(start, x, table, 1.0, "squared", 50.0)
        )

    for _ in range(60):
        values = values - 0.008 * gradient(total, values)
    wanted = np.quantile(labels, (np.arange(64) + 0.5) / 64)
    found = np.sort(values)
    assert np.corrcoef(found, wanted)[0, 1] > 0.99
    assert np.abs(found - wanted).mean() < 0.1


def test_equal_predictions_are_parted():
    settings = ([0, 1, 2], 1.0, "squared")
    alike = np.ones(3, "float32")
    found = gradient(
        lambda x: ops.sum(distribution_error(alike, x, *settings)), alike
    )
    # The first goes down, the second stays, and the last goes up.
    assert found[0] > 0.5
    assert found[1] == pytest.approx(0, abs=1e-5)
    assert found[2] == pytest.approx(-found[0], rel=1e-4)
