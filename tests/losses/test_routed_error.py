import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import RoutedError
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import group_of

GROUPS = LabelGroups.from_edges([-2.0, 0.0, 1.0, 5.0, 8.0])


def reference(labels, expert_values, edges, error, delta, scale):
    """Eq. (3): the error of the expert of the true group, sample by sample."""
    losses = []
    for label, values in zip(labels, expert_values, strict=True):
        size = abs(float(label) - float(values[group_of(label, edges)]))
        size /= scale
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
    values = rng.normal(size=(size, 4), scale=3).astype("float32")
    return rng.uniform(-2, 8, size).astype("float32"), values


class TestHuber(LossContract):
    loss = RoutedError(GROUPS, error="huber", delta=0.7, scale=2.5)

    def batch(self, seed=0, size=6):
        return batch_of(seed, size)

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, GROUPS.edges, "huber", 0.7, 2.5)


@pytest.mark.parametrize("error", ["squared", "absolute", "huber"])
@pytest.mark.parametrize("seed", range(5))
def test_each_error_is_that_of_the_reference(error, seed):
    y_true, y_pred = batch_of(seed)
    loss = RoutedError(GROUPS, error=error)
    np.testing.assert_allclose(
        ops.convert_to_numpy(loss.call(y_true, y_pred)),
        reference(y_true, y_pred, GROUPS.edges, error, 0.1, scale=10.0),
        rtol=1e-4,
        atol=1e-6,
    )


def test_the_scale_is_the_range_of_the_groups_if_not_given():
    assert RoutedError(GROUPS).scale == 8.0 - (-2.0)
    assert RoutedError(GROUPS, scale=1.0).scale == 1.0


def test_only_the_expert_of_the_true_group_learns():
    y_true = np.array([-1.0, 0.5, 3.0, 7.0, 7.5, 8.0], dtype="float32")
    y_pred = np.full((6, 4), 20.0, dtype="float32")
    loss = RoutedError(GROUPS)
    found = gradient(lambda x: ops.sum(loss.call(y_true, x)), y_pred)
    expected = np.eye(4)[[0, 1, 2, 3, 3, 3]] > 0
    np.testing.assert_array_equal(found != 0, expected)


def test_a_label_on_an_edge_belongs_to_the_group_above():
    loss = RoutedError(GROUPS, scale=1.0)
    values = np.array([[10.0, 11.0, 12.0, 13.0]] * 6, dtype="float32")
    labels = np.array([-2.0, 0.0, 1.0, 5.0, 8.0, 4.0], dtype="float32")
    expected = np.square(labels - [10.0, 11.0, 12.0, 13.0, 13.0, 12.0])
    np.testing.assert_allclose(
        ops.convert_to_numpy(loss.call(labels, values)), expected, rtol=1e-6
    )


@given(
    labels=hnp.arrays("float32", (6,), elements=st.floats(-99, 99, width=32)),
    values=hnp.arrays("float32", (6, 4), elements=st.floats(-99, 99, width=32)),
)
@pytest.mark.parametrize("error", ["squared", "absolute", "huber"])
def test_no_label_makes_a_negative_or_infinite_loss(error, labels, values):
    loss = RoutedError(GROUPS, error=error)
    actual = ops.convert_to_numpy(loss.call(labels, values))
    assert np.isfinite(actual).all()
    assert actual.min() >= 0


def test_the_unit_of_the_label_does_not_matter():
    y_true, y_pred = batch_of()
    thousandfold = LabelGroups.from_edges(1000 * GROUPS.edges)
    np.testing.assert_allclose(
        float(RoutedError(thousandfold)(1e3 * y_true, 1e3 * y_pred)),
        float(RoutedError(GROUPS)(y_true, y_pred)),
        rtol=1e-5,
    )
