import numpy as np
import pytest
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses import CorrelatedError
from keras_groupdir.losses import correlated_error
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import group_of

BINS = LabelGroups.equal_width(0, 8, width=2)
WEIGHTS = [0.2, 3.0, 1.5, 0.7]


def reference(labels, predictions, weights, scale, power, weight):
    y = np.ravel(labels).astype("float64")
    f = np.ravel(predictions).astype("float64")
    w = [weights[group_of(label, [0, 2, 4, 6, 8])] for label in y]
    mean_y = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    mean_f = sum(a * b for a, b in zip(w, f, strict=True)) / sum(w)
    both = of_y = of_f = 0.0
    for one, label, value in zip(w, y, f, strict=True):
        both += one / sum(w) * (label - mean_y) * (value - mean_f)
        of_y += one / sum(w) * (label - mean_y) ** 2
        of_f += one / sum(w) * (value - mean_f) ** 2
    missing = 0.0
    if of_y > 0:
        missing = 1 - both / np.sqrt(of_y * (of_f + 1e-4 * of_y))
    size = (np.abs(y - f) / scale) ** power
    return np.array(w) * size + weight * missing


def missing(labels, predictions, weights=WEIGHTS, scale=1.0):
    """The second part alone."""
    settings = (BINS, weights, scale, "absolute")
    both, first = (
        ops.convert_to_numpy(
            correlated_error(
                np.asarray(labels, "float32"),
                np.asarray(predictions, "float32"),
                *settings,
                weight,
            )
        )
        for weight in (1.0, 0.0)
    )
    return both - first


class TestCorrelatedError(LossContract):
    loss = CorrelatedError(
        BINS, WEIGHTS, scale=3.0, error="squared", weight=0.6
    )

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 8, size).astype("float32")
        predictions = labels + rng.normal(0, 2, size)
        return labels, predictions[:, None].astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, WEIGHTS, 3.0, 2, 0.6)


def test_with_equal_weights_it_is_the_correlation_of_numpy():
    rng = np.random.default_rng(3)
    labels = rng.uniform(0, 8, 40)
    predictions = labels + rng.normal(0, 2, 40)
    found = missing(labels, predictions, [1.0] * 4)
    assert np.ptp(found) < 1e-5
    expected = 1 - np.corrcoef(labels, predictions)[0, 1]
    assert found[0] == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize(("slope", "expected"), [(1, 0), (1e4, 0), (-3, 2)])
def test_a_straight_line_is_all_correlated(slope, expected):
    labels = np.linspace(0.1, 7.9, 16)
    found = missing(labels, 3 + slope * labels)
    assert found[0] == pytest.approx(expected, abs=4e-3)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_equal_predictions_are_moved_toward_the_labels(scale):
    labels = np.array([1, 3, 5, 7], "float32")

    def total(x):
        return correlated_error(labels, x, BINS, [1.0] * 4, scale)[0]

    alike = np.full(4, 4.0, "float32")
    assert missing(labels, alike, scale=scale)[0] == pytest.approx(1)
    found = gradient(total, alike)
    assert np.isfinite(found).all()
    # Each label's share of the spread, and the largest step that there is.
    deviation = np.std(labels)
    assert np.abs(found).max() <= 0.1 * 100 / deviation + 1 / scale
    assert found[0] > found[1] > found[2] > found[3]


@pytest.mark.parametrize("label", [0.3, 5.1])
def test_labels_that_are_all_the_same_have_no_correlation(label):
    labels = np.full(7, label, "float32")
    predictions = np.linspace(0, 8, 7, dtype="float32")
    np.testing.assert_allclose(missing(labels, predictions), 0, atol=1e-6)
    for values in (predictions, labels):
        found = gradient(
            lambda x: ops.sum(correlated_error(labels, x, BINS, WEIGHTS)),
            values,
        )
        assert np.isfinite(found).all()


def test_rare_labels_count_for_the_correlation_as_they_weigh():
    labels = [1.0, 1.5, 7.0]
    predictions = [1.5, 1.0, 7.0]  # wrong among the common ones alone
    common = missing(labels, predictions, [1.0, 1.0, 1.0, 0.01])
    rare = missing(labels, predictions, [0.01, 1.0, 1.0, 1.0])
    assert common[0] > 10 * rare[0]
