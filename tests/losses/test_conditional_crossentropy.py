import numpy as np
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import ConditionalCrossentropy
from tests.losses.test_cumulative_crossentropy import log_sigmoid
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import group_of

GROUPS = LabelGroups.from_edges([0, 1, 2, 4, 8])


class TestConditionalCrossentropy(LossContract):
    loss = ConditionalCrossentropy(GROUPS)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(size, 3), scale=2).astype("float32")
        return rng.uniform(0, 8, size).astype("float32"), logits

    def reference(self, y_true, y_pred):
        """Edge by edge, over the samples that are above the edge before."""
        losses = np.zeros(len(y_true))
        groups = [group_of(label, GROUPS.edges) for label in y_true]
        for k in range(3):
            for i, group in enumerate(groups):
                if k > 0 and not group > k - 1:
                    continue
                z = y_pred[i][k]
                losses[i] -= log_sigmoid(z if group > k else -z)
        return losses


def test_it_is_minus_the_log_of_the_probability_of_the_group():
    labels, logits = TestConditionalCrossentropy().batch()
    above = np.cumprod(1 / (1 + np.exp(-logits.astype("float64"))), axis=1)
    edges = np.concatenate([np.ones((6, 1)), above, np.zeros((6, 1))], axis=1)
    probs = edges[:, :-1] - edges[:, 1:]
    of_group = probs[np.arange(6), GROUPS.assign(labels)]
    found = ConditionalCrossentropy(GROUPS).call(labels, logits)
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), -np.log(of_group), rtol=1e-4
    )


def test_an_edge_learns_from_no_sample_below_the_edge_before():
    labels = np.array([0.5, 1.5, 3.0, 7.0], "float32")
    loss = ConditionalCrossentropy(GROUPS)
    found = gradient(
        lambda z: ops.sum(loss.call(labels, z)), np.ones((4, 3), "float32")
    )
    np.testing.assert_array_equal(
        found != 0, [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 1, 1]]
    )


def test_a_sample_costs_the_same_whatever_is_in_its_batch():
    labels, logits = TestConditionalCrossentropy().batch()
    loss = ConditionalCrossentropy(GROUPS)
    whole = ops.convert_to_numpy(loss.call(labels, logits))
    part = ops.convert_to_numpy(loss.call(labels[2:4], logits[2:4]))
    np.testing.assert_allclose(part, whole[2:4], rtol=1e-6)
