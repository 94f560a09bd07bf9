import numpy as np
import pytest
from keras import ops

from keras_groupdir.losses import Pinball
from keras_groupdir.losses import pinball
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract

LEVELS = [0.1, 0.5, 0.8, 0.95]


def reference(labels, outputs, levels, scale):
    losses = []
    rows = np.asarray(outputs, dtype="float64")
    for y, row in zip(np.ravel(labels), rows, strict=True):
        total = 0.0
        for level, value in zip(levels, row, strict=True):
            error = (float(y) - value) / scale
            total += level * error if error > 0 else (level - 1) * error
        losses.append(total / len(levels))
    return np.array(losses)


class TestPinball(LossContract):
    loss = Pinball(LEVELS, scale=3.0)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 9, size).astype("float32")
        return labels, rng.normal(5, 3, (size, 4)).astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, LEVELS, 3.0)


def test_of_the_median_it_is_half_the_absolute_error():
    labels, outputs = TestPinball().batch()
    np.testing.assert_allclose(
        ops.convert_to_numpy(pinball(labels, outputs[:, :1], [0.5])),
        np.abs(labels - outputs[:, 0]) / 2,
        rtol=1e-5,
    )


def test_constants_that_follow_the_gradient_end_at_the_quantiles():
    labels = np.random.default_rng(0).lognormal(size=400).astype("float32")
    start = np.ones((1, 4), "float32")

    def total(x):
        return ops.mean(pinball(labels, ops.tile(x, (400, 1)), LEVELS))

    for step in range(300):
        start = start - (3.0 if step < 200 else 0.3) * gradient(total, start)
    found = [np.mean(labels <= value) for value in start[0]]
    np.testing.assert_allclose(found, LEVELS, atol=0.01)


@pytest.mark.parametrize("width", [3, 5])
def test_each_quantile_needs_a_column(width):
    labels, _ = TestPinball().batch()
    with pytest.raises(ValueError, match="must have a column for each"):
        Pinball(LEVELS)(labels, np.zeros((6, width), "float32"))
