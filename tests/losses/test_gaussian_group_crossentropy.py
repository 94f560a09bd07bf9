import math

import numpy as np
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import GaussianGroupCrossentropy
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import log_softmax

GROUPS = LabelGroups.equal_width(-2, 8, num_groups=5)
SIGMA = 0.6


def gaussian_row(label, edges, sigma):
    """Mass of a Gaussian in each group, of what is in the range."""
    scale = sigma * (edges[-1] - edges[0]) / (len(edges) - 1)
    label = min(max(float(label), edges[0]), edges[-1])
    below = [
        0.5 * math.erfc((label - edge) / scale / math.sqrt(2)) for edge in edges
    ]
    mass = np.diff(below)
    return mass / mass.sum()


class TestGaussianGroupCrossentropy(LossContract):
    loss = GaussianGroupCrossentropy(GROUPS, sigma=SIGMA)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(size, 5), scale=2).astype("float32")
        # Some of them outside the range.
        return rng.uniform(-3, 9, size).astype("float32"), logits

    def reference(self, y_true, y_pred):
        losses = []
        for label, row in zip(y_true, y_pred, strict=True):
            target = gaussian_row(label, GROUPS.edges, SIGMA)
            log_probs = log_softmax(np.asarray(row, dtype="float64"))
            losses.append(-sum(target[k] * log_probs[k] for k in range(5)))
        return np.array(losses)


def test_logits_that_say_the_gaussian_reach_its_entropy():
    labels = np.array([-2.0, 0.3, 3.0, 7.9], "float32")
    targets = np.array([gaussian_row(y, GROUPS.edges, 0.75) for y in labels])
    entropy = -np.sum(targets * np.log(targets), axis=1)
    loss = GaussianGroupCrossentropy(GROUPS)
    logits = np.log(targets).astype("float32")
    np.testing.assert_allclose(
        ops.convert_to_numpy(loss.call(labels, logits)), entropy, rtol=1e-4
    )
    found = gradient(lambda x: ops.sum(loss.call(labels, x)), logits)
    np.testing.assert_allclose(found, np.zeros((4, 5)), atol=1e-5)


def test_it_is_the_divergence_from_the_gaussian_plus_a_constant():
    labels = np.array([1.0, 6.5], "float32")
    logits = np.random.default_rng(0).normal(size=(2, 5)).astype("float32")
    targets = np.array([gaussian_row(y, GROUPS.edges, 0.75) for y in labels])
    log_probs = np.array([log_softmax(row) for row in logits])
    divergence = np.sum(targets * (np.log(targets) - log_probs), axis=1)
    entropy = -np.sum(targets * np.log(targets), axis=1)
    np.testing.assert_allclose(
        ops.convert_to_numpy(
            GaussianGroupCrossentropy(GROUPS).call(labels, logits)
        ),
        divergence + entropy,
        rtol=1e-4,
    )


def test_where_in_its_group_a_label_is_counts():
    loss = GaussianGroupCrossentropy(GROUPS)
    logits = np.array([[0.0, 3.0, 1.0, 0.0, 0.0]] * 2, "float32")
    near, far = ops.convert_to_numpy(
        loss.call(np.array([1.9, 0.1], "float32"), logits)
    )
    # The next group is more likely than the one before.
    assert near < far
