import math

import numpy as np
import pytest
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses import LaplaceLikelihood
from keras_groupdir.losses import laplace_likelihood
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import group_of

BINS = LabelGroups.equal_width(0, 12, width=4)
WEIGHTS = [0.5, 1.0, 4.0]


def reference(labels, laplace, weights=(1.0, 1.0, 1.0)):
    losses = []
    rows = np.asarray(laplace, dtype="float64")
    for y, (mean, log_scale) in zip(np.ravel(labels), rows, strict=True):
        density = math.exp(-abs(y - mean) / math.exp(log_scale))
        density /= 2 * math.exp(log_scale)
        weight = weights[group_of(y, [0, 4, 8, 12])]
        losses.append(-weight * math.log(density))
    return np.array(losses)


class TestLaplaceLikelihood(LossContract):
    loss = LaplaceLikelihood(BINS, WEIGHTS)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 12, size).astype("float32")
        laplace = np.stack([rng.normal(5, 3, size), rng.normal(size=size)], 1)
        return labels, laplace.astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, WEIGHTS)


def test_without_bins_all_labels_weigh_the_same():
    labels, laplace = TestLaplaceLikelihood().batch()
    np.testing.assert_allclose(
        ops.convert_to_numpy(LaplaceLikelihood().call(labels, laplace)),
        reference(labels, laplace),
        rtol=1e-4,
    )
    config = LaplaceLikelihood().get_config()
    assert LaplaceLikelihood.from_config(config).bins is None


def test_the_best_scale_is_the_mean_absolute_error():
    labels = np.array([1, 2, 6, 11], "float32")
    scales = np.linspace(0.5, 9, 500)
    mean = np.median(labels)
    losses = [
        np.sum(reference(labels, [[mean, math.log(scale)]] * 4))
        for scale in scales
    ]
    best = scales[int(np.argmin(losses))]
    assert best == pytest.approx(np.abs(labels - mean).mean(), abs=0.05)


@pytest.mark.parametrize("log_scale", [-1e4, -60.0, 60.0, 1e4])
@pytest.mark.parametrize("distance", [0.0, 1e-6, 1e6])
def test_extremes_have_a_finite_value_and_gradient(log_scale, distance):
    rows = np.array([[3.0, log_scale]] * 2, "float32")
    labels = np.full(2, 3.0 + distance, "float32")
    found = gradient(lambda x: ops.sum(laplace_likelihood(labels, x)), rows)
    value = ops.convert_to_numpy(laplace_likelihood(labels, rows))
    assert np.isfinite(found).all()
    assert np.isfinite(value).all()


@pytest.mark.parametrize(
    "settings", [{"bins": BINS}, {"bin_weights": WEIGHTS}], ids=str
)
def test_weights_come_with_their_bins(settings):
    with pytest.raises(ValueError, match="`bins` and `bin_weights` must"):
        LaplaceLikelihood(**settings)
