import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir.losses import ScaledError
from tests.support.contracts import LossContract

ERRORS = pytest.mark.parametrize("error", ["squared", "absolute", "huber"])


def reference(labels, predictions, scale, error, delta):
    """The error of the prediction, sample by sample, in float64."""
    losses = []
    for label, (prediction,) in zip(labels, predictions, strict=True):
        size = abs(float(label) - float(prediction)) / scale
        if error == "squared":
            losses.append(size**2)
        elif error == "absolute":
            losses.append(size)
        elif size <= delta:
            losses.append(size**2 / 2)
        else:
            losses.append(delta * (size - delta / 2))
    return np.array(losses)


def batch_of(seed=0, size=6):
    rng = np.random.default_rng(seed)
    predictions = rng.normal(size=(size, 1), scale=3).astype("float32")
    return rng.uniform(-2, 8, size).astype("float32"), predictions


class TestHuber(LossContract):
    loss = ScaledError(2.5, error="huber", delta=0.7)

    def batch(self, seed=0, size=6):
        return batch_of(seed, size)

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, 2.5, "huber", 0.7)


@ERRORS
@pytest.mark.parametrize("seed", range(5))
def test_each_error_is_that_of_the_reference(error, seed):
    y_true, y_pred = batch_of(seed)
    loss = ScaledError(10.0, error)
    np.testing.assert_allclose(
        ops.convert_to_numpy(loss.call(y_true, y_pred)),
        reference(y_true, y_pred, 10.0, error, 0.1),
        rtol=1e-4,
        atol=1e-6,
    )


def test_the_error_is_absolute_if_not_given():
    assert ScaledError(2.0).error == "absolute"


@ERRORS
def test_predictions_of_both_shapes_count_the_same(error):
    y_true, y_pred = batch_of()
    loss = ScaledError(3.0, error)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(loss.call(y_true, y_pred[:, 0])),
        ops.convert_to_numpy(loss.call(y_true, y_pred)),
    )


@given(
    labels=hnp.arrays("float32", (6,), elements=st.floats(-99, 99, width=32)),
    values=hnp.arrays("float32", (6, 1), elements=st.floats(-99, 99, width=32)),
)
@ERRORS
def test_no_label_makes_a_negative_or_infinite_loss(error, labels, values):
    actual = ops.convert_to_numpy(ScaledError(8.0, error).call(labels, values))
    assert np.isfinite(actual).all()
    assert actual.min() >= 0


@ERRORS
def test_the_unit_of_the_label_does_not_matter(error):
    y_true, y_pred = batch_of()
    np.testing.assert_allclose(
        float(ScaledError(8e3, error)(1e3 * y_true, 1e3 * y_pred)),
        float(ScaledError(8.0, error)(y_true, y_pred)),
        rtol=1e-5,
    )
