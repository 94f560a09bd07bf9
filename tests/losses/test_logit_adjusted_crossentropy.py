import numpy as np
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import GroupCrossentropy
from keras_groupdir.losses import LogitAdjustedCrossentropy
from tests.support.contracts import LossContract
from tests.support.numeric import group_of
from tests.support.numeric import log_softmax

GROUPS = LabelGroups.from_edges([0, 1, 2, 4, 8])
COUNTS = [50, 0, 7, 3]


def reference(labels, logits, edges, counts, tau):
    """The adjusted softmax; a group without data counts as one sample."""
    counts = [max(count, 1) for count in counts]
    losses = []
    for label, row in zip(labels, logits, strict=True):
        adjusted = [
            float(row[k]) + tau * np.log(counts[k] / sum(counts))
            for k in range(len(counts))
        ]
        losses.append(-log_softmax(adjusted)[group_of(label, edges)])
    return np.array(losses)


class TestLogitAdjustedCrossentropy(LossContract):
    loss = LogitAdjustedCrossentropy(GROUPS, COUNTS, tau=1.5)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(size, 4), scale=2).astype("float32")
        return rng.uniform(0, 8, size).astype("float32"), logits

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, GROUPS.edges, COUNTS, tau=1.5)


def test_equal_counts_change_nothing():
    y_true, y_pred = TestLogitAdjustedCrossentropy().batch()
    np.testing.assert_allclose(
        ops.convert_to_numpy(
            LogitAdjustedCrossentropy(GROUPS, [9, 9, 9, 9]).call(y_true, y_pred)
        ),
        ops.convert_to_numpy(GroupCrossentropy(GROUPS).call(y_true, y_pred)),
        rtol=1e-5,
    )


def test_a_rare_group_costs_more_at_equal_logits():
    loss = LogitAdjustedCrossentropy(GROUPS, counts=[8, 4, 2, 1])
    labels = np.array([0.5, 1.5, 3.0, 5.0, 6.0, 7.0], dtype="float32")
    actual = ops.convert_to_numpy(loss.call(labels, np.zeros((6, 4))))
    np.testing.assert_allclose(
        actual, np.log([15 / 8, 15 / 4, 15 / 2, 15, 15, 15]), rtol=1e-5
    )
