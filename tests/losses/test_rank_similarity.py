import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir.losses import RankSimilarity
from keras_groupdir.losses import rank_similarity
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import numeric_gradient


def rank(scores):
    """From 1 / n for the largest to 1; of equal ones the first is higher."""
    size = len(scores)
    ranks = []
    for j in range(size):
        above = sum(
            scores[k] > scores[j] or (scores[k] == scores[j] and k < j)
            for k in range(size)
        )
        ranks.append((1 + above) / size)
    return np.array(ranks)


def representatives(labels):
    seen, first = set(), []
    for i, label in enumerate(np.ravel(labels)):
        if label not in seen:
            first.append(i)
            seen.add(label)
    return first


def cosine(a, b):
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return a @ b / lengths if lengths else 0.0


def rows_of(labels, embeddings):
    """For each representative: ranks by label, similarities, its index."""
    y = np.ravel(labels).astype("float64")
    z = np.asarray(embeddings, dtype="float64")
    first = representatives(labels)
    for i in first:
        yield (
            i,
            rank([-abs(y[i] - y[j]) for j in first]),
            np.array([cosine(z[i], z[j]) for j in first]),
        )


def reference(labels, embeddings):
    losses = np.zeros(len(labels))
    for i, by_label, similarity in rows_of(labels, embeddings):
        error = np.mean((by_label - rank(similarity)) ** 2)
        losses[i] = len(labels) * error
    return losses


def reference_gradient(labels, embeddings, interpolation, arriving):
    """The piecewise linear gradient by each similarity, then the chain rule."""
    gradients = {}
    for i, by_label, similarity in rows_of(labels, embeddings):
        here, n = rank(similarity), len(similarity)
        by_rank = arriving[i] * len(labels) * 2 * (here - by_label) / n
        there = rank(similarity + interpolation * by_rank)
        gradients[i] = (there - here) / interpolation

    def through_similarities(z):
        return sum(
            gradients[i] @ similarity for i, _, similarity in rows_of(labels, z)
        )

    return numeric_gradient(through_similarities, embeddings)


def gradient_of(labels, embeddings, interpolation=2.0, arriving=None):
    if arriving is None:
        arriving = np.ones(len(labels), dtype="float32")
    return gradient(
        lambda z: ops.sum(
            ops.multiply(arriving, rank_similarity(labels, z, interpolation))
        ),
        embeddings,
    )


def loss_of(labels, embeddings):
    return ops.convert_to_numpy(rank_similarity(labels, embeddings))


class TestRankSimilarity(LossContract):
    loss = RankSimilarity(interpolation=0.7)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 9, size).astype("float32")
        return labels, rng.normal(size=(size, 3)).astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred)

    @pytest.mark.parametrize("seed", range(5))
    def test_gradient_is_that_of_the_reference(self, seed):
        # Not the gradient of the value, which is 0.
        labels, rows = self.batch(seed)
        expected = reference_gradient(labels, rows, 0.7, np.ones(6))
        np.testing.assert_allclose(
            gradient(self.total(labels), rows), expected, rtol=1e-3, atol=1e-4
        )
        assert (expected != 0).any()


ROWS = np.random.default_rng(1).normal(size=(6, 3)).astype("float32")
LABELS = {
    "all different": [0.0, 1.0, 2.5, 4.5, 8.0, 20.0],
    "ties on both sides": [3.0, 1.0, 5.0, 7.0, -1.0, 9.0],
    "labels more than once": [3.0, 1.0, 3.0, 5.0, 1.0, 9.0],
    "two labels": [2.0, 1.0, 2.0, 1.0, 1.0, 2.0],
    "one label for all": [2.0] * 6,
}


@pytest.mark.parametrize("interpolation", [0.2, 2.0])
@pytest.mark.parametrize("name", LABELS)
def test_value_and_gradient_are_those_of_the_definition(name, interpolation):
    labels = np.asarray(LABELS[name], dtype="float32")
    arriving = np.linspace(0.1, 3.0, 6, dtype="float32")
    np.testing.assert_allclose(
        loss_of(labels, ROWS), reference(labels, ROWS), atol=1e-6
    )
    np.testing.assert_allclose(
        gradient_of(labels, ROWS, interpolation, arriving),
        reference_gradient(labels, ROWS, interpolation, arriving),
        rtol=1e-3,
        atol=1e-4,
    )


# Of length 1 without rounding, so that equal rows are equally similar.
CORNERS = np.eye(3, dtype="float32")


@pytest.mark.parametrize(
    "rows",
    [CORNERS[[0] * 6], 0 * CORNERS[[0] * 6], CORNERS[[0, 1, 0, 2, 1, 1]]],
    ids=["one row for all", "no direction", "duplicates"],
)
@pytest.mark.parametrize("name", LABELS)
def test_equal_rows_are_ranked_in_the_order_of_the_batch(name, rows):
    labels = np.asarray(LABELS[name], dtype="float32")
    np.testing.assert_allclose(
        loss_of(labels, rows), reference(labels, rows), atol=1e-6
    )
    assert np.isfinite(gradient_of(labels, rows)).all()


def test_samples_that_stand_for_no_label_neither_cost_nor_move():
    labels = np.asarray(LABELS["labels more than once"], dtype="float32")
    rest = [2, 4]
    assert loss_of(labels, ROWS)[rest].tolist() == [0, 0]
    assert not gradient_of(labels, ROWS)[rest].any()
    moved = ROWS.copy()
    moved[rest] = 5.0
    np.testing.assert_array_equal(loss_of(labels, moved), loss_of(labels, ROWS))


def test_the_mean_is_the_sum_over_labels_of_the_paper():
    labels = np.array([1, 2, 2, 4, 8, 8], dtype="float32")
    expected = sum(
        np.mean((by_label - rank(similarity)) ** 2)
        for _, by_label, similarity in rows_of(labels, ROWS)
    )
    assert float(RankSimilarity()(labels, ROWS)) == pytest.approx(expected)


def test_following_the_gradient_orders_the_embeddings():
    labels = np.array([3, 1, 5, 2, 6, 4], dtype="float32")
    rows = ROWS
    before = loss_of(labels, rows).sum()
    for _ in range(30):
        rows = rows - 0.05 * gradient_of(labels, rows)
    assert loss_of(labels, rows).sum() < before / 2


@given(
    labels=hnp.arrays("float32", (6,), elements=st.integers(-9, 9)),
    scale=st.sampled_from([0.25, 1.0, 8.0]),
    shift=st.integers(-50, 50),
)
def test_the_units_of_labels_and_embeddings_do_not_matter(labels, scale, shift):
    losses = loss_of(labels, ROWS)
    assert losses.min() >= 0
    assert losses.max() <= 6
    np.testing.assert_allclose(
        loss_of(scale * labels + shift, scale * ROWS), losses, atol=1e-6
    )
