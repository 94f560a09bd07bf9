import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir.losses import RankNContrast
from keras_groupdir.losses import ordinal_group_contrastive
from keras_groupdir.losses import rank_n_contrast
from tests.losses.test_ordinal_group_contrastive import similarity_of
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import log_sum_exp
from tests.support.numeric import numeric_gradient

SIMILARITIES = ("l2", "cosine")


def reference(labels, embeddings, temperature, similarity):
    """The definition: anchor i, other j, and every k at least as far as j."""
    y = np.asarray(labels, dtype="float64").reshape(len(labels), -1)
    z = np.asarray(embeddings, dtype="float64")
    size = len(z)
    losses = np.zeros(size)
    for i in range(size):
        logits = [
            similarity_of(z[i], z[k], similarity) / temperature
            for k in range(size)
        ]
        distance = [np.abs(y[i] - y[k]).sum() for k in range(size)]
        for j in range(size):
            if j == i:
                continue
            far = [
                logits[k]
                for k in range(size)
                if k != i and distance[k] >= distance[j]
            ]
            losses[i] -= (logits[j] - log_sum_exp(far)) / (size - 1)
    return losses


def loss_of(labels, embeddings, temperature=0.5, similarity="l2"):
    return ops.convert_to_numpy(
        rank_n_contrast(
            np.asarray(labels, dtype="float32"),
            np.asarray(embeddings, dtype="float32"),
            temperature,
            similarity,
        )
    )


class TestRankNContrast(LossContract):
    loss = RankNContrast(temperature=0.5, similarity="cosine")

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 12, size).astype("float32")
        return labels, rng.normal(size=(size, 3)).astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred, 0.5, "cosine")


ROWS = np.random.default_rng(1).normal(size=(7, 3)).astype("float32")
LABELS = {
    "all different": [0.0, 1.0, 2.5, 4.5, 8.0, 9.0, 20.0],
    "ties on one side": [0.0, 1.0, 1.0, 1.0, 5.0, 5.0, 7.0],
    "ties on both sides": [3.0, 1.0, 5.0, 3.0, 0.0, 6.0, 5.0],
    "one label for all": [2.0] * 7,
    "two targets": [[0, 3], [1, 1], [2, 2], [0, 3], [4, 0], [1, 1], [9, 9]],
}


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("name", LABELS)
def test_value_and_gradient_are_those_of_the_definition(name, similarity):
    labels = np.asarray(LABELS[name], dtype="float32")
    np.testing.assert_allclose(
        loss_of(labels, ROWS, 0.5, similarity),
        reference(labels, ROWS, 0.5, similarity),
        rtol=1e-5,
        atol=1e-5,
    )
    weights = np.arange(1, 8, dtype="float32")
    np.testing.assert_allclose(
        gradient(
            lambda z: ops.sum(
                ops.multiply(
                    weights, rank_n_contrast(labels, z, 0.5, similarity)
                )
            ),
            ROWS,
        ),
        numeric_gradient(
            lambda z: (weights * reference(labels, z, 0.5, similarity)).sum(),
            ROWS,
        ),
        rtol=1e-3,
        atol=1e-3,
    )


def test_a_tie_stays_in_the_denominator():
    # The three others are equally far from the first: log(3) for each.
    loss = loss_of([0, 1, 1, -1], np.ones((4, 2)))
    assert loss[0] == pytest.approx(np.log(3), rel=1e-6)


def test_it_is_the_group_loss_with_every_label_a_group():
    ids = np.array([4, 0, 2, 2, 7, 3, 0], dtype="int32")
    np.testing.assert_allclose(
        loss_of(ids, ROWS, 0.2, "cosine"),
        ops.convert_to_numpy(ordinal_group_contrastive(ids, ROWS, 8, 0.2)),
        rtol=1e-5,
        atol=1e-5,
    )


def test_far_samples_are_not_lost_beside_near_ones():
    # 300 units of distance are exp(-600) at this temperature: 0 in float32.
    labels, line = [0.0, 0.1, 9.0, 10.0], [[0.0], [0.1], [300.0], [301.0]]
    np.testing.assert_allclose(
        loss_of(labels, line),
        reference(labels, line, 0.5, "l2"),
        atol=1e-4,  # rounding of a logit of -600
    )
    found = gradient(lambda z: ops.sum(rank_n_contrast(labels, z, 0.5)), line)
    assert np.isfinite(found).all()


def test_duplicate_rows_have_a_finite_gradient():
    rows = ROWS[[0, 0, 1, 1, 1, 2, 2]]
    labels = np.arange(7, dtype="float32")
    for similarity in SIMILARITIES:
        found = gradient(
            lambda z, s=similarity: ops.sum(
                rank_n_contrast(labels, z, similarity=s)
            ),
            rows,
        )
        assert np.isfinite(found).all()


@pytest.mark.one_backend
@given(
    labels=hnp.arrays("float32", (7,), elements=st.integers(-3, 3)),
    order=st.permutations(range(7)),
)
def test_the_order_of_the_batch_does_not_matter(labels, order):
    np.testing.assert_allclose(
        loss_of(labels[order], ROWS[order]),
        loss_of(labels, ROWS)[order],
        rtol=1e-4,
        atol=1e-4,
    )


def test_a_batch_of_one_adds_nothing():
    assert loss_of([3.0], [[1.0, 2.0]]).tolist() == [0.0]
