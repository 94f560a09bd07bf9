import math

import numpy as np
import pytest
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses import BinnedNumericalIntegration
from keras_groupdir.losses import batch_monte_carlo
from keras_groupdir.losses import binned_numerical_integration
from tests.losses.test_balanced_loss import BalancedContract
from tests.support.contracts import LossContract
from tests.support.numeric import log_sum_exp

BINS = LabelGroups.equal_width(0, 8, width=2)
COUNTS = [7, 0, 2, 1]


class TestBinnedNumericalIntegration(BalancedContract, LossContract):
    loss = BinnedNumericalIntegration(BINS, COUNTS, noise=1.5)

    def log_loss(self, labels, predictions, noises):
        losses = []
        for y, f, noise in zip(labels, predictions, noises, strict=True):
            common = log_sum_exp(
                [
                    math.log(count / 20) - (f - edge) ** 2 / (2 * noise**2)
                    for low, count in zip((0, 2, 4, 6), COUNTS, strict=True)
                    for edge in (low, low + 2)
                    if count
                ]
            )
            losses.append((f - y) ** 2 / (2 * noise**2) + common)
        return np.array(losses)


def test_it_is_the_batch_form_for_a_batch_that_is_the_histogram():
    labels = np.array([1, 1, 1, 5, 5, 7], dtype="float32")
    values = np.array([0.0, 2.0, 3.5, 6.0, 8.0, 4.0], dtype="float32")
    binned = binned_numerical_integration(
        labels, values, BINS.centers, [3, 0, 2, 1], noise=1.5
    )
    # A mean over labels in place of a sum.
    np.testing.assert_allclose(
        ops.convert_to_numpy(binned),
        ops.convert_to_numpy(batch_monte_carlo(labels, values, 1.5))
        - 2 * 1.5**2 * math.log(6),
        rtol=1e-4,
        atol=1e-4,
    )


def test_a_rare_label_met_has_a_negative_loss():
    assert float(BinnedNumericalIntegration(BINS, COUNTS)([7.0], [[7.0]])) < 0


@pytest.mark.parametrize(("label", "away"), [(7.9, 500.0), (0.1, -500.0)])
def test_moving_away_from_all_labels_is_no_gain(label, away):
    loss = BinnedNumericalIntegration(BINS, COUNTS)
    assert float(loss([label], [[away]])) > float(loss([label], [[label]]))


@pytest.mark.parametrize("away", [-500.0, 500.0])
def test_so_it_is_with_all_labels_in_one_bin(away):
    loss = BinnedNumericalIntegration(BINS, [0, 3, 0, 0])
    assert float(loss([2.5], [[away]])) > float(loss([2.5], [[2.5]]))
