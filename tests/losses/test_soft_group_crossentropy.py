import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import SoftGroupCrossentropy
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import group_of
from tests.support.numeric import log_softmax
from tests.support.numeric import soft_label

GROUPS = LabelGroups.equal_width(0, 10, num_groups=5)


def reference(labels, logits, edges, beta):
    """Eq. (4) with the minus sign: sample by sample, group by group."""
    num_groups = len(edges) - 1
    losses = []
    for label, row in zip(labels, logits, strict=True):
        target = soft_label(group_of(label, edges), num_groups, beta)
        log_probs = log_softmax(np.asarray(row, dtype="float64"))
        losses.append(-sum(target[k] * log_probs[k] for k in range(num_groups)))
    return np.array(losses)


class TestSoftGroupCrossentropy(LossContract):
    loss = SoftGroupCrossentropy(GROUPS, beta=0.6)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(size, 5), scale=2).astype("float32")
        return rng.uniform(0, 10, size).astype("float32"), logits

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, GROUPS.edges, beta=0.6)


LABELS = hnp.arrays("float32", (6,), elements=st.floats(-5, 15, width=32))
LOGITS = hnp.arrays("float32", (6, 5), elements=st.floats(-99, 99, width=32))


@given(labels=LABELS, logits=LOGITS)
def test_it_is_never_below_the_entropy_of_the_soft_label(labels, logits):
    loss = SoftGroupCrossentropy(GROUPS, beta=0.6)
    actual = ops.convert_to_numpy(loss.call(labels, logits))
    targets = [soft_label(group_of(y, GROUPS.edges), 5, 0.6) for y in labels]
    entropy = np.array([-np.sum(q * np.log(q)) for q in targets])
    assert np.all(actual >= entropy - 1e-4)
    assert np.isfinite(actual).all()


def test_logits_that_say_the_soft_label_reach_its_entropy():
    # Adding a number to all logits of a row changes nothing.
    labels = np.array([1.0, 3.0, 5.0, 7.0, 9.0, 9.0], dtype="float32")
    targets = np.array([soft_label(g, 5, 0.6) for g in [0, 1, 2, 3, 4, 4]])
    logits = np.log(targets) + np.arange(6)[:, None]
    loss = SoftGroupCrossentropy(GROUPS, beta=0.6)
    np.testing.assert_allclose(
        ops.convert_to_numpy(loss.call(labels, logits.astype("float32"))),
        -np.sum(targets * np.log(targets), axis=1),
        rtol=1e-4,
    )
    found = gradient(lambda x: ops.sum(loss.call(labels, x)), logits)
    np.testing.assert_allclose(found, np.zeros((6, 5)), atol=1e-5)


def test_a_wrong_group_costs_more_the_farther_it_is():
    loss = SoftGroupCrossentropy(GROUPS)
    labels = np.array([1.0] * 5 + [9.0], dtype="float32")
    logits = 5 * np.eye(5, dtype="float32")[[0, 1, 2, 3, 4, 4]]
    costs = ops.convert_to_numpy(loss.call(labels, logits))
    assert np.all(np.diff(costs[:5]) > 0)


def test_labels_outside_the_range_count_for_the_group_at_that_end():
    loss = SoftGroupCrossentropy(GROUPS)
    logits = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")
    outside = np.array([-1e9, -1, 0, 10, 11, 1e9], dtype="float32")
    inside = np.array([0.5, 0.5, 0.5, 9.5, 9.5, 9.5], dtype="float32")
    np.testing.assert_array_equal(
        ops.convert_to_numpy(loss.call(outside, logits)),
        ops.convert_to_numpy(loss.call(inside, logits)),
    )
