import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from keras_groupdir.labels.kernel_density_weights import kernel_density
from keras_groupdir.labels.kernel_density_weights import kernel_density_weights
from keras_groupdir.labels.kernel_density_weights import silverman_bandwidth

pytestmark = pytest.mark.no_backend

TRAIN = np.random.default_rng(0).lognormal(size=60)
LABELS = hnp.arrays("float64", (20,), elements=st.floats(-1e3, 1e3, width=32))


def density_at(label, train, bandwidth):
    """The estimate at one label, bell by bell."""
    total = 0.0
    for other in train:
        total += math.exp(-((label - other) ** 2) / (2 * bandwidth**2))
    return total / (len(train) * bandwidth * math.sqrt(2 * math.pi))


def weights_reference(train, alpha, labels, epsilon):
    bandwidth = silverman_bandwidth(train)
    of_train = [density_at(label, train, bandwidth) for label in train]
    low, high = min(of_train), max(of_train)

    def raw(label):
        density = density_at(label, train, bandwidth)
        scaled = min(max((density - low) / (high - low), 0.0), 1.0)
        return max(1 - alpha * scaled, epsilon)

    mean = sum(raw(label) for label in train) / len(train)
    return np.array([raw(label) / mean for label in labels])


def test_the_bandwidth_is_silvermans_rule():
    # 0 .. 8: the standard deviation, sqrt(7.5), is below 4 / 1.349.
    expected = math.sqrt(7.5) * (0.75 * 9) ** -0.2
    assert silverman_bandwidth(np.arange(9.0)) == pytest.approx(expected)


def test_an_outlier_leaves_the_bandwidth_to_the_quartiles():
    labels = [0.0, 1.0, 2.0, 3.0, 1000.0]
    # Quartiles 1 and 3 of five labels.
    assert silverman_bandwidth(labels) == pytest.approx(
        2 / 1.3489795 * (0.75 * 5) ** -0.2
    )


def test_equal_quartiles_leave_the_bandwidth_to_the_deviation():
    labels = [0.0] * 7 + [8.0]
    # Seven squares of 1 and one of 7, over seven: a variance of 8.
    assert silverman_bandwidth(labels) == pytest.approx(
        math.sqrt(8) * (0.75 * 8) ** -0.2
    )


@pytest.mark.parametrize("labels", [[3.0], [3.0, 3.0]])
def test_constant_labels_have_a_bandwidth_of_one(labels):
    assert silverman_bandwidth(labels) == 1.0


@pytest.mark.parametrize("bandwidth", [0.05, 0.7, 20.0, None])
def test_the_density_is_the_mean_of_bells(bandwidth):
    labels = np.linspace(-3, 12, 31)
    width = silverman_bandwidth(TRAIN) if bandwidth is None else bandwidth
    expected = [density_at(label, TRAIN, width) for label in labels]
    np.testing.assert_allclose(
        kernel_density(TRAIN, labels, bandwidth),
        expected,
        rtol=1e-3,
        # A bell ends where it has fallen to 4e-6 of its height.
        atol=4e-6 / width,
    )


def test_the_density_adds_up_to_one():
    # Steps of 0.01 from where there is nothing to where there is nothing.
    labels = np.arange(-10, 60, 0.01)
    total = kernel_density(TRAIN, labels).sum() * 0.01
    assert total == pytest.approx(1, rel=1e-3)


@given(labels=LABELS, shift=st.floats(-1e4, 1e4))
def test_the_density_moves_with_the_labels(labels, shift):
    np.testing.assert_allclose(
        kernel_density(labels + shift, bandwidth=7.0),
        kernel_density(labels, bandwidth=7.0),
        rtol=1e-6,
    )


def test_labels_far_apart_ask_for_no_grid_between_them():
    density = kernel_density([0.0, 1e9], bandwidth=1e-3)
    expected = 1 / (2 * 1e-3 * math.sqrt(2 * math.pi))
    np.testing.assert_allclose(density, expected, rtol=1e-3)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("epsilon", [1e-6, 0.1])
def test_weights_are_those_of_the_reference(alpha, epsilon):
    np.testing.assert_allclose(
        kernel_density_weights(TRAIN, alpha, epsilon=epsilon),
        weights_reference(TRAIN, alpha, TRAIN, epsilon),
        rtol=1e-2,
        atol=1e-3,
    )
    held_out = np.array([-5.0, 0.1, 1.0, 8.0, 1e4])
    np.testing.assert_allclose(
        kernel_density_weights(TRAIN, alpha, held_out, epsilon),
        weights_reference(TRAIN, alpha, held_out, epsilon),
        rtol=1e-2,
        atol=1e-3,
    )


def test_the_rarest_label_weighs_most_and_one_rarer_still_the_same():
    weights = kernel_density_weights(TRAIN)
    assert weights.argmax() == TRAIN.argmax()
    assert kernel_density_weights(TRAIN, labels=[1e4])[0] == pytest.approx(
        weights.max()
    )


def test_the_most_common_label_weighs_epsilon_at_an_alpha_of_one():
    weights = kernel_density_weights(TRAIN, epsilon=0.01)
    assert weights.min() == pytest.approx(0.01 * weights.max(), rel=1e-3)


@given(labels=LABELS, alpha=st.floats(0, 3))
def test_weights_are_finite_positive_and_average_one(labels, alpha):
    weights = kernel_density_weights(labels, alpha)
    assert weights.shape == (20,)
    assert np.isfinite(weights).all()
    assert weights.min() > 0
    assert weights.mean() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "labels", [[2.0], [2.0] * 5, [0.0, 0.0, 1.0, 1.0], [0.1, 0.2], [-7, 1e6]]
)
def test_labels_that_are_equally_common_weigh_the_same(labels):
    np.testing.assert_array_equal(kernel_density_weights(labels), 1.0)


def test_labels_of_both_shapes_weigh_the_same():
    np.testing.assert_array_equal(
        kernel_density_weights(TRAIN[:, None]), kernel_density_weights(TRAIN)
    )


def test_labels_over_many_magnitudes_weigh_as_by_all_pairs():
    # Rain, mostly none, with what rounding has left of zeros.
    rng = np.random.default_rng(0)
    rests = np.abs(rng.normal(0, 1e-17, 200))
    y = np.concatenate([np.zeros(600), rests, rng.uniform(5, 100, 200)])
    apart = (y[:, None] - y[None, :]) / silverman_bandwidth(y)
    density = np.exp(-0.5 * apart**2).mean(axis=1)
    expected = 1 - (density - density.min()) / np.ptp(density)
    expected = np.maximum(expected, 1e-6)
    np.testing.assert_allclose(
        kernel_density_weights(y), expected / expected.mean(), atol=2e-2
    )
