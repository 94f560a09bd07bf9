import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir.losses import GaussianDivergence
from keras_groupdir.losses import gaussian_divergence
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract


def reference(gaussians):
    losses = []
    for row in np.asarray(gaussians, dtype="float64"):
        half = len(row) // 2
        total = 0.0
        for mean, variance in zip(row[:half], row[half:], strict=True):
            variance = max(variance, 1e-12)
            total += (mean**2 + variance - 1 - math.log(variance)) / 2
        losses.append(total)
    return np.array(losses)


def loss_of(rows):
    return ops.convert_to_numpy(gaussian_divergence(rows))


def gradient_of(rows):
    return gradient(lambda x: ops.sum(gaussian_divergence(x)), rows)


class TestGaussianDivergence(LossContract):
    # It does not look at labels.
    loss = GaussianDivergence()

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        mean, variance = rng.normal(size=(2, size, 3))
        rows = np.concatenate([mean, np.exp(variance)], axis=1)
        labels = rng.uniform(0, 5, size).astype("float32")
        return labels, rows.astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_pred)


@pytest.mark.parametrize(
    ("mean", "variance"), [(0.0, 1.0), (1.5, 1.0), (-0.5, 0.2), (0.3, 3.0)]
)
def test_the_reference_is_the_integral_of_the_definition(mean, variance):
    x = np.linspace(-20, 20, 40_001)
    log_p = -((x - mean) ** 2) / (2 * variance) - math.log(variance) / 2
    log_q = -(x**2) / 2
    density = np.exp(log_p) / math.sqrt(2 * math.pi)
    expected = np.sum(density * (log_p - log_q)) * (x[1] - x[0])
    assert reference([[mean, variance]])[0] == pytest.approx(expected, abs=1e-6)


def test_features_add_up():
    rows = np.array([[0.5, 0.3], [-1.0, 2.0]], dtype="float32")
    joined = np.array([[0.5, -1.0, 0.3, 2.0]], dtype="float32")
    np.testing.assert_allclose(loss_of(joined), [loss_of(rows).sum()])


def test_labels_play_no_part():
    labels, rows = TestGaussianDivergence().batch()
    loss = GaussianDivergence()
    assert float(loss(labels, rows)) == float(loss(9 - labels, rows))


DEGENERATE = {
    "standard": [[0.0, 0.0, 1.0, 1.0]] * 3,
    "all the same": [[2.0, -1.0, 0.1, 3.0]] * 3,
    "no variance": [[0.5, 0.0, 0.0, 0.0]],
    "negative": [[0.5, 0.0, -1e-9, -7.0], [0.0, 0.0, -1e18, 1.0]],
    "tiny": [[0.0, 0.0, 1e-30, 1e-11]],
    "huge": [[1e18, -1e18, 1e18, 1e30], [0.0, 1e5, 1e5, 1e-5]],
}


@pytest.mark.parametrize("rows", DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_batches_are_those_of_the_reference(rows):
    rows = np.array(rows, dtype="float32")
    assert np.isfinite(loss_of(rows)).all()
    np.testing.assert_allclose(loss_of(rows), reference(rows), rtol=1e-5)
    assert np.isfinite(gradient_of(rows)).all()


def test_half_precision_outputs_are_summed_in_float32():
    rows = np.full((1, 8), 200.0, dtype="float16")  # 200**2 * 4 is past 65504
    np.testing.assert_allclose(loss_of(rows), reference(rows), rtol=1e-5)


def test_a_variance_too_small_for_a_sample_is_still_drawn_back():
    found = gradient_of(np.array([[0.0, 1e-8]], dtype="float32"))
    np.testing.assert_allclose(found[0, 1], (1 - 1e8) / 2, rtol=1e-5)


@given(
    hnp.arrays("float32", (3, 4), elements=st.floats(-10, 10, width=32)),
)
def test_it_is_never_negative(rows):
    assert (loss_of(rows) >= -1e-6).all()
