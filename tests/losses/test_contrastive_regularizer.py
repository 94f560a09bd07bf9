import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir.losses import ContrastiveRegularizer
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract


def unit(x):
    length = np.linalg.norm(x)
    return x / length if length else x


def reference(y_true, y_pred, window=1.0, temperature=0.07, push=0.01):
    """A loop over anchors, positives and what is in the denominator."""
    y = np.ravel(y_true).astype("float64")
    z = [unit(np.asarray(row[:-1], dtype="float64")) for row in y_pred]
    f = [float(row[-1]) for row in y_pred]
    losses = np.zeros(len(y))
    for i in range(len(y)):
        others = [j for j in range(len(y)) if j != i]
        positives = [j for j in others if abs(y[i] - y[j]) <= window]
        negatives = [
            j
            for j in others
            if abs(y[i] - y[j]) > window and abs(f[i] - f[j]) <= window
        ]
        if not positives or not negatives:
            continue
        parts = {j: math.exp(z[i] @ z[j] / temperature) for j in others}
        total = sum(parts[j] for j in positives) + sum(
            math.exp(push * abs(y[i] - y[j])) * parts[j] for j in negatives
        )
        losses[i] = -np.mean([math.log(parts[j] / total) for j in positives])
    return losses


def outputs(rows, predictions):
    return np.column_stack([rows, predictions]).astype("float32")


class TestContrastiveRegularizer(LossContract):
    loss = ContrastiveRegularizer(window=2.0, temperature=0.5, push=0.3)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 8, size).astype("float32")
        rows = rng.normal(size=(size, 3))
        return labels, outputs(rows, rng.uniform(2, 6, size))

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, 2.0, 0.5, 0.3)

    def test_the_batches_have_all_kinds_of_anchors(self):
        losses = np.concatenate(
            [self.reference(*self.batch(seed)) for seed in range(5)]
        )
        assert (losses == 0).any()
        assert (losses > 0).sum() > 10


def loss_of(labels, y_pred, **settings):
    loss = ContrastiveRegularizer(**settings)
    return ops.convert_to_numpy(loss.call(labels, y_pred))


ROWS = np.random.default_rng(1).normal(size=(6, 3)).astype("float32")
LABELS = np.array([1, 1, 2, 7, 7, 9], dtype="float32")


@pytest.mark.parametrize(
    ("labels", "predictions"),
    [
        (LABELS, [5.0] * 6),
        (LABELS, LABELS),
        ([3.0] * 6, [5.0] * 6),
        ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], [5.0] * 6),
        ([1, 1, 2, 2, 2, 9], [1, 2, 3, 4, 5, 6]),
    ],
    ids=["all confused", "none confused", "one label", "no positive", "edges"],
)
@pytest.mark.parametrize("rows", [ROWS, ROWS[[0] * 6], 0 * ROWS])
def test_degenerate_batches_are_those_of_the_reference(
    labels, predictions, rows
):
    labels = np.asarray(labels, dtype="float32")
    y_pred = outputs(rows, predictions)
    np.testing.assert_allclose(
        loss_of(labels, y_pred),
        reference(labels, y_pred),
        rtol=1e-4,
        atol=1e-5,
    )
    found = gradient(
        lambda x: ops.sum(ContrastiveRegularizer().call(labels, x)), y_pred
    )
    assert np.isfinite(found).all()


def test_predictions_choose_the_pairs_and_are_not_moved():
    y_pred = outputs(ROWS, [5.0] * 6)
    found = gradient(
        lambda x: ops.sum(ContrastiveRegularizer().call(LABELS, x)), y_pred
    )
    assert found[:, :-1].any()
    assert not found[:, -1].any()


def test_what_is_neither_positive_nor_negative_is_not_in_the_denominator():
    # The anchor, a positive, a negative, and three told apart, which may point
    # anywhere. All others are as similar as can be: log(1 + exp(push * 4)).
    rows = [[1.0, 0.0, 0.0]] * 3 + [[0.0, 1.0, 0.0]] * 3
    labels = np.array([1, 1, 5, 9, 9, 9], dtype="float32")
    losses = loss_of(labels, outputs(rows, [1, 1, 1, 9, 9, 9]), push=0.5)
    assert losses[0] == pytest.approx(math.log(1 + math.exp(2)), rel=1e-5)


def test_a_second_view_of_each_sample_gives_every_anchor_a_positive():
    one_view = np.array([0, 4, 8, 12, 16, 20], dtype="float32")
    two_views = np.tile(one_view[:3], 2)
    confused = outputs(ROWS, [5.0] * 6)
    assert not loss_of(one_view, confused).any()
    assert (loss_of(two_views, confused) > 0).all()


@given(
    labels=hnp.arrays("float32", (6,), elements=st.integers(0, 5)),
    order=st.permutations(range(6)),
    scale=st.sampled_from([0.25, 8.0]),
)
def test_neither_order_nor_length_matter_and_no_loss_is_negative(
    labels, order, scale
):
    predictions = np.array([1, 2, 2, 3, 3, 5], dtype="float32")
    losses = loss_of(labels, outputs(ROWS, predictions))
    assert losses.min() >= 0
    np.testing.assert_allclose(
        loss_of(
            labels[order], outputs(scale * ROWS[order], predictions[order])
        ),
        losses[order],
        rtol=1e-4,
        atol=1e-4,
    )
