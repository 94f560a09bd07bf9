import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import OrdinalGroupContrastive
from keras_groupdir.losses import ordinal_group_contrastive
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import groups_of
from tests.support.numeric import log_sum_exp
from tests.support.numeric import numeric_gradient

GROUPS = LabelGroups.equal_width(0, 12, num_groups=6)
SIMILARITIES = ("cosine", "l2")


def similarity_of(a, b, similarity):
    if similarity == "l2":
        return -np.linalg.norm(a - b)
    # A row of zeros has no direction, and is like no other row.
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    return a @ b / norms if norms else 0.0


def reference(groups, embeddings, temperature, similarity):
    """Eq. (2): anchor i, other j, and every k at least as far as j."""
    z = np.asarray(embeddings, dtype="float64")
    size = len(z)
    losses = np.zeros(size)
    for i in range(size):
        logits = [
            similarity_of(z[i], z[k], similarity) / temperature
            for k in range(size)
        ]
        for j in range(size):
            if j == i:
                continue
            at_least_as_far = [
                logits[k]
                for k in range(size)
                if k != i
                and abs(groups[i] - groups[k]) >= abs(groups[i] - groups[j])
            ]
            term = logits[j] - log_sum_exp(at_least_as_far)
            losses[i] -= term / (size - 1)
    return losses


def loss_of(groups, embeddings, temperature=0.5, similarity="cosine"):
    return ops.convert_to_numpy(
        ordinal_group_contrastive(
            np.asarray(groups, dtype="int32"),
            np.asarray(embeddings, dtype="float32"),
            GROUPS.num_groups,
            temperature,
            similarity,
        )
    )


class EmbeddingBatch:
    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        embeddings = rng.normal(size=(size, 3)).astype("float32")
        return rng.uniform(0, 12, size).astype("float32"), embeddings

    def reference(self, y_true, y_pred):
        return reference(
            groups_of(y_true, GROUPS.edges),
            y_pred,
            self.loss.temperature,
            self.loss.similarity,
        )


class TestL2(EmbeddingBatch, LossContract):
    loss = OrdinalGroupContrastive(
        GROUPS, temperature=2.0, similarity="l2", tile_rows=None
    )


@pytest.mark.parametrize("seed", range(5))
def test_cosine_is_that_of_the_reference(seed):
    rng = np.random.default_rng(seed)
    groups, embeddings = rng.integers(0, 6, 6), rng.normal(size=(6, 3))
    np.testing.assert_allclose(
        loss_of(groups, embeddings),
        reference(groups, embeddings, 0.5, "cosine"),
        rtol=1e-4,
        atol=1e-5,
    )


SPREAD = np.random.default_rng(3).normal(size=(6, 3))
RISING = np.array([1.0, 3.0, 5.0, 7.0, 9.0, 11.0])
DEGENERATE = {
    "one sample": ([4.0], SPREAD[:1]),
    "one group only": ([4.0, 4.5, 5.0, 5.5, 5.9, 4.1], SPREAD),
    "every sample its own group": (RISING, SPREAD),
    "a group with one sample": ([1.0, 1.0, 1.0, 1.0, 1.0, 9.0], SPREAD),
    "duplicate rows": (RISING, SPREAD[[0, 0, 1, 2, 1, 1]]),
    "one row for all": (RISING, SPREAD[[2, 2, 2, 2, 2, 2]]),
    "zero embeddings": (RISING, np.zeros((6, 3))),
    "some zero embeddings": (RISING, SPREAD * (RISING > 6)[:, None]),
    "labels outside the range": ([-50.0, 99, 1, 3, -1e9, 1e9], SPREAD),
}


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_batches_have_the_value_of_the_reference(name, similarity):
    labels, embeddings = DEGENERATE[name]
    loss = OrdinalGroupContrastive(GROUPS, 0.5, similarity)
    actual = loss.call(
        np.asarray(labels, dtype="float32"), embeddings.astype("float32")
    )
    groups = groups_of(labels, GROUPS.edges)
    np.testing.assert_allclose(
        ops.convert_to_numpy(actual),
        reference(groups, embeddings.astype("float32"), 0.5, similarity),
        rtol=1e-4,
        # Distances of equal rows come out as the root of a rounding error.
        atol=1e-5 if similarity == "cosine" else 2e-3,
    )


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_batches_have_a_finite_gradient(name, similarity):
    labels, embeddings = DEGENERATE[name]
    loss = OrdinalGroupContrastive(GROUPS, 0.5, similarity)
    labels = np.asarray(labels, dtype="float32")
    found = gradient(lambda z: ops.sum(loss.call(labels, z)), embeddings)
    assert np.isfinite(found).all()


def test_equal_sums_on_both_sides_share_the_gradient():
    # Samples 1 and 2 have equal rows, one group below all others and one
    # above: the mirror image of the batch, so the loss treats them alike.
    groups, embeddings = [2, 1, 3, 2, 2, 2], SPREAD[[0, 1, 1, 2, 3, 4]]
    found = gradient(
        lambda z: ops.sum(ordinal_group_contrastive(groups, z, 6, 0.5)),
        embeddings,
    )
    np.testing.assert_allclose(found[1], found[2], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        found,
        numeric_gradient(
            lambda z: reference(groups, z, 0.5, "cosine").sum(), embeddings
        ),
        rtol=1e-3,
        atol=1e-4,
    )


def test_a_batch_of_one_adds_nothing():
    assert loss_of([3], [[1.0, 2.0, 3.0]]).tolist() == [0.0]


def test_a_tie_stays_in_the_denominator():
    # All three others are in one group: each is scored against all three.
    groups, embeddings = [0, 1, 1, 1, 1, 1], np.ones((6, 3))
    loss = loss_of(groups, embeddings, temperature=1.0)
    assert loss[0] == pytest.approx(np.log(5), rel=1e-6)


def test_farther_groups_are_not_scored_against_nearer_ones():
    # All are equally similar to sample 0. The farthest stands alone, which
    # is -log(1) = 0; the four near ones are scored against all five.
    rows = np.array([[1.0, 0, 0]] + [[0, 1.0, 0]] * 4 + [[0, 0, 1.0]])
    loss = loss_of([0, 1, 1, 1, 1, 3], rows, temperature=1.0)
    assert loss[0] == pytest.approx((4 * np.log(5) + 0) / 5, rel=1e-6)


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("temperature", [0.01, 0.03, 0.1, 0.5, 1.0, 2.0])
def test_any_temperature_has_the_value_of_the_reference(
    temperature, similarity
):
    rng = np.random.default_rng(7)
    groups = [0, 0, 2, 3, 5, 5]
    embeddings = rng.normal(size=(6, 3)).astype("float32")
    np.testing.assert_allclose(
        loss_of(groups, embeddings, temperature, similarity),
        reference(groups, embeddings, temperature, similarity),
        rtol=1e-4,
        # Rounding of a similarity, divided by the temperature.
        atol=1e-6 / temperature,
    )


@pytest.mark.parametrize("temperature", [0.001, 0.01, 2.0])
def test_a_far_group_is_not_lost_beside_a_near_one(temperature):
    # Sample 0 has a twin in its group and its opposite four groups away.
    # Shifted by the largest logit of the row, the opposite's exp(-2 / t)
    # would be 0 in float32 at the lower temperatures, and its log lost.
    groups = [0, 0, 4, 4, 4, 4]
    embeddings = np.array([[1.0, 0, 0]] * 2 + [[-1.0, 0, 0]] * 4)
    np.testing.assert_allclose(
        loss_of(groups, embeddings, temperature),
        reference(groups, embeddings, temperature, "cosine"),
        rtol=1e-5,
        atol=1e-5,
    )
    found = gradient(
        lambda z: ops.sum(ordinal_group_contrastive(groups, z, 6, temperature)),
        embeddings,
    )
    assert np.isfinite(found).all()


ROWS = hnp.arrays("float32", (6, 3), elements=st.floats(-4, 4, width=32))
IDS = hnp.arrays("int32", (6,), elements=st.integers(0, 5))


@pytest.mark.one_backend
@given(ids=IDS, rows=ROWS, order=st.permutations(range(6)))
@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_the_order_of_the_batch_does_not_matter(similarity, ids, rows, order):
    np.testing.assert_allclose(
        loss_of(ids[order], rows[order], similarity=similarity),
        loss_of(ids, rows, similarity=similarity)[order],
        rtol=1e-4,
        atol=1e-2,
    )


@pytest.mark.one_backend
@given(ids=IDS, rows=ROWS)
@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_the_direction_of_the_label_does_not_matter(similarity, ids, rows):
    np.testing.assert_allclose(
        loss_of(5 - ids, rows, similarity=similarity),
        loss_of(ids, rows, similarity=similarity),
        rtol=1e-4,
        atol=1e-4,
    )


@pytest.mark.one_backend
@given(ids=IDS, rows=ROWS)
@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_the_loss_is_never_negative(similarity, ids, rows):
    assert loss_of(ids, rows, similarity=similarity).min() >= -1e-4


@pytest.mark.one_backend
@given(ids=IDS, scale=st.floats(0.01, 100))
def test_the_scale_of_embeddings_does_not_matter_to_cosine(ids, scale):
    np.testing.assert_allclose(
        loss_of(ids, scale * SPREAD), loss_of(ids, SPREAD), rtol=1e-4, atol=1e-4
    )


@pytest.mark.one_backend
@given(
    ids=IDS,
    shift=hnp.arrays("float32", (3,), elements=st.floats(-50, 50, width=32)),
)
def test_the_origin_of_embeddings_does_not_matter_to_l2(ids, shift):
    np.testing.assert_allclose(
        loss_of(ids, SPREAD + shift, similarity="l2"),
        loss_of(ids, SPREAD, similarity="l2"),
        rtol=1e-3,
        atol=1e-3,
    )


def test_ordered_embeddings_cost_less_than_shuffled_ones():
    angles = np.linspace(0, np.pi, 6)
    line = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    ordered = loss_of([0, 1, 2, 3, 4, 5], line).mean()
    shuffled = loss_of([3, 0, 5, 1, 4, 2], line).mean()
    assert ordered < shuffled


def test_the_class_is_the_function_on_labels():
    labels = np.array([0.5, 11.0, 3.0, 3.9, 7.0, 12.0], dtype="float32")
    rows = SPREAD.astype("float32")
    loss = OrdinalGroupContrastive(GROUPS, temperature=0.1, similarity="l2")
    np.testing.assert_array_equal(
        ops.convert_to_numpy(loss.call(labels, rows)),
        loss_of([0, 5, 1, 1, 3, 5], rows, 0.1, "l2"),
    )


def test_half_precision_embeddings_are_compared_in_float32():
    rows = SPREAD.astype("float16")
    np.testing.assert_array_equal(
        ops.convert_to_numpy(
            ordinal_group_contrastive([0, 1, 2, 3, 4, 5], rows, 6, 0.05)
        ),
        loss_of([0, 1, 2, 3, 4, 5], rows.astype("float32"), 0.05),
    )


def test_the_config_is_plain_json():
    loss = OrdinalGroupContrastive(GROUPS)
    assert json.loads(json.dumps(loss.get_config())) == loss.get_config()
