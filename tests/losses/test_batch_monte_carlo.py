import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir.losses import BatchMonteCarlo
from keras_groupdir.losses import batch_monte_carlo
from tests.losses.test_balanced_loss import BalancedContract
from tests.support.autodiff import compiled
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import log_softmax


class TestBatchMonteCarlo(BalancedContract, LossContract):
    loss = BatchMonteCarlo(noise=1.5)

    def log_loss(self, labels, predictions, noises):
        """Cross-entropy of each prediction among the labels of the batch."""
        losses = []
        for i, prediction in enumerate(predictions):
            logits = [
                -((prediction - label) ** 2) / (2 * noises[i] ** 2)
                for label in labels
            ]
            losses.append(-log_softmax(logits)[i])
        return np.array(losses)


LABELS = np.array([1, 1, 1, 4, 6, 9], dtype="float32")
VALUES = np.array([0.5, 2.5, 1.0, 3.0, 7.5, 6.0], dtype="float32")


def loss_of(labels, values, noise=1.5):
    return ops.convert_to_numpy(batch_monte_carlo(labels, values, noise))


def test_a_batch_of_one_costs_nothing_whatever_its_error():
    # The square of the error, and the sum that undoes it, round apart.
    assert loss_of(LABELS[:1], VALUES[:1])[0] == pytest.approx(0, abs=1e-6)


def test_equal_labels_cannot_be_told_apart():
    labels = np.full(6, 3.0, dtype="float32")
    np.testing.assert_allclose(
        loss_of(labels, VALUES), 2 * 1.5**2 * np.log(6), rtol=1e-5
    )
    found = gradient(
        lambda x: ops.sum(batch_monte_carlo(labels, x, 1.5)), VALUES
    )
    np.testing.assert_allclose(found, 0, atol=1e-4)


def test_common_labels_push_predictions_away():
    # Between the labels 1 and 9, as far from each: the common one pushes.
    labels = np.array([1, 1, 1, 1, 1, 9], dtype="float32")
    values = np.full(6, 5.0, dtype="float32")
    found = gradient(
        lambda x: ops.sum(batch_monte_carlo(labels, x, 4.0)), values
    )
    error_gradient = 2 * (values - labels)
    assert (found > error_gradient - 8).all()
    # The gradient of a squared error is 8 either way; the sum over labels adds
    # 2 * (its mean label - prediction) = 2 * (14 / 6 - 5).
    np.testing.assert_allclose(found, error_gradient - 16 / 3, rtol=1e-4)


def test_a_wide_noise_leaves_the_squared_error_around_the_mean_label():
    # To first order in 1 / s**2: (f - y)**2 - mean_j (f - y_j)**2.
    noise = 1e2
    expected = (VALUES - LABELS) ** 2 - np.mean(
        (VALUES[:, None] - LABELS[None, :]) ** 2, axis=1
    )
    np.testing.assert_allclose(
        loss_of(LABELS, VALUES, noise) - 2 * noise**2 * np.log(6),
        expected,
        atol=0.2,
    )


def test_the_noise_is_drawn_to_the_spread_around_the_predictions():
    # Evenly spread labels: none is common, and the spread alone counts.
    values = np.linspace(0, 60, 120)
    labels = values + np.random.default_rng(0).normal(0, 2.0, 120)
    losses = {
        noise: TestBatchMonteCarlo()
        .log_loss(labels, values, np.full(120, noise))
        .mean()
        for noise in (1.0, 2.0, 4.0)
    }
    assert min(losses, key=losses.get) == 2.0


@given(
    labels=hnp.arrays("float32", (6,), elements=st.integers(-3, 3)),
    order=st.permutations(range(6)),
    shift=st.integers(-50, 50),
)
def test_neither_order_nor_origin_matter_and_no_loss_is_negative(
    labels, order, shift
):
    losses = loss_of(labels, VALUES)
    assert losses.min() > -1e-4
    np.testing.assert_allclose(
        loss_of(labels[order] + shift, VALUES[order] + shift),
        losses[order],
        rtol=1e-3,
        atol=1e-3,
    )


@pytest.mark.parametrize("noise", [1e-6, 3.0, 30.0])
@pytest.mark.parametrize("labels", [[250e3], [250e3, 410e3, 90e3], [0.0, 1e4]])
def test_labels_far_beyond_the_noise_keep_their_digits_compiled(noise, labels):
    # A difference of two squares of 1e10 would be what is left of rounding.
    labels = np.array(labels, "float32")
    predictions = np.full((len(labels), 1), 5e5, "float32")
    doubled = 2 * noise**2
    squares = (predictions.astype("float64") - labels[None]) ** 2 / doubled
    shift = squares.min(axis=1)
    log_sum = np.log(np.exp(shift[:, None] - squares).sum(axis=1)) - shift
    expected = doubled * (np.diag(squares) + log_sum)
    for call in (
        BatchMonteCarlo(noise).call,
        compiled(BatchMonteCarlo(noise).call),
    ):
        np.testing.assert_allclose(
            ops.convert_to_numpy(call(labels, predictions)), expected, rtol=1e-5
        )
