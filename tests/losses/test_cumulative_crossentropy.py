import math

import numpy as np
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import CumulativeCrossentropy
from tests.support.contracts import LossContract
from tests.support.numeric import group_of

GROUPS = LabelGroups.from_edges([0, 1, 2, 4, 8])


def log_sigmoid(x):
    return -math.log1p(math.exp(-x)) if x > 0 else x - math.log1p(math.exp(x))


class TestCumulativeCrossentropy(LossContract):
    loss = CumulativeCrossentropy(GROUPS)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(size, 3), scale=2).astype("float32")
        return rng.uniform(0, 8, size).astype("float32"), logits

    def reference(self, y_true, y_pred):
        losses = []
        for label, row in zip(y_true, y_pred, strict=True):
            group, loss = group_of(label, GROUPS.edges), 0.0
            for k in range(3):
                is_above = 1 if group > k else 0
                loss -= is_above * log_sigmoid(row[k])
                loss -= (1 - is_above) * log_sigmoid(-row[k])
            losses.append(loss)
        return np.array(losses)


def test_sure_and_right_costs_nothing_and_sure_and_wrong_is_finite():
    labels = np.array([0.5, 1.5, 3.0, 7.0], "float32")
    right = 1e30 * (2 * np.tri(4, 3, -1) - 1).astype("float32")
    loss = CumulativeCrossentropy(GROUPS)
    found = ops.convert_to_numpy(loss.call(labels, right))
    np.testing.assert_array_equal(found, np.zeros(4))
    wrong = ops.convert_to_numpy(loss.call(labels, -right))
    np.testing.assert_allclose(wrong, 3e30, rtol=1e-5)


def test_two_groups_have_one_edge():
    loss = CumulativeCrossentropy(LabelGroups.from_edges([0, 1, 2]))
    found = loss.call(np.array([0.5, 1.5], "float32"), np.zeros((2, 1)))
    np.testing.assert_allclose(ops.convert_to_numpy(found), math.log(2))
