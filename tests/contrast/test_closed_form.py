"""The fast paths against the O(B^3) definition, in float64."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir._contrast.row_plan import row_plan
from keras_groupdir.losses import ordinal_group_contrastive
from tests.support.autodiff import gradient

FULL, TILED = None, 100


def definition(groups, embeddings, temperature):
    """Mean loss and its gradient: every anchor, partner and third sample."""
    x = embeddings.astype("float64")
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    z = x / norms
    size = len(z)
    logits = z @ z.T / temperature
    loss, gradients = 0.0, np.zeros((size, size))
    for i in range(size):
        others = np.arange(size) != i
        distance = np.abs(groups - groups[i])
        # Row j: which k count as at least as far from i as j.
        is_far = (distance[None, :] >= distance[:, None]) & others[None, :]
        is_far = is_far[others].astype("float64")
        exps = np.exp(logits[i])
        sums = is_far @ exps
        loss += (np.log(sums) - logits[i][others]).sum()
        gradients[i] = (1 / sums) @ is_far * exps - others
    pairs = size * (size - 1)
    pull = (gradients + gradients.T) @ z / temperature / pairs
    along = (pull * z).sum(axis=1, keepdims=True) * z
    return loss / pairs, (pull - along) / norms


def batch(size, num_groups, seed=0, features=16):
    """Groups, and rows that depend on them a little."""
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, num_groups, size).astype("int32")
    rows = (
        rng.normal(size=(size, features)) + 2 * (groups / num_groups)[:, None]
    )
    return groups, rows.astype("float32")


@functools.cache
def expected_of(size, num_groups, temperature):
    """The definition, which takes as long as all tiles of one batch."""
    return definition(*batch(size, num_groups), temperature)


def mean_loss(groups, num_groups, temperature, tile_rows):
    return lambda z: ops.mean(
        ordinal_group_contrastive(
            groups, z, num_groups, temperature, tile_rows=tile_rows
        )
    )


@pytest.mark.parametrize("tile_rows", [FULL, TILED])
@pytest.mark.parametrize("temperature", [0.05, 0.2, 2.0])
@pytest.mark.parametrize("num_groups", [2, 20, 100])
@pytest.mark.parametrize("size", [8, 512])
def test_value_and_gradient_are_exact(size, num_groups, temperature, tile_rows):
    groups, rows = batch(size, num_groups)
    loss, expected = expected_of(size, num_groups, temperature)
    function = mean_loss(groups, num_groups, temperature, tile_rows)
    assert float(function(rows)) == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(
        gradient(function, rows),
        expected,
        atol=1e-5 * np.abs(expected).max(),
        rtol=0,
    )


@pytest.mark.parametrize("temperature", [1 / 70, 0.02])
def test_the_coldest_closed_form_keeps_far_groups(temperature):
    # The last group points away from all others: exp(-1 / t) beside exp(1 / t)
    # would be lost after a shift by the largest.
    groups = np.array([0, 0, 1, 1, 2, 2], dtype="int32")
    rows = np.zeros((6, 3), dtype="float32")
    rows[:, 0] = [1, 1, 1, 1, -1, -1]
    rows[:, 1] = 0.01 * np.arange(6)
    loss, expected = definition(groups, rows, temperature)
    function = mean_loss(groups, 3, temperature, tile_rows=4)
    assert float(function(rows)) == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(
        gradient(function, rows),
        expected,
        atol=1e-4 * np.abs(expected).max(),
        rtol=0,
    )


@pytest.mark.parametrize("tile_rows", [1, 2, 5, 6, 7, 1000])
def test_any_height_of_tiles_comes_to_the_same(tile_rows):
    groups, rows = batch(6, 4)
    np.testing.assert_allclose(
        gradient(mean_loss(groups, 4, 0.2, tile_rows), rows),
        gradient(mean_loss(groups, 4, 0.2, FULL), rows),
        atol=1e-6,
    )


@pytest.mark.parametrize("tile_rows", [FULL, 4])
def test_each_anchor_counts_as_much_as_it_is_asked_to(tile_rows):
    groups, rows = batch(7, 3)
    weights = np.linspace(0, 2, 7).astype("float32")

    def weighted(z, height):
        losses = ordinal_group_contrastive(groups, z, 3, 0.5, tile_rows=height)
        return ops.sum(ops.multiply(weights, losses))

    step = 1e-2
    found = gradient(lambda z: weighted(z, tile_rows), rows)
    for index in ((0, 0), (3, 5), (6, 15)):
        shift = np.zeros_like(rows)
        shift[index] = step
        rise = float(
            weighted(rows + shift, FULL) - weighted(rows - shift, FULL)
        )
        assert found[index] == pytest.approx(rise / (2 * step), abs=2e-4)


def test_tiles_keep_nothing_of_the_size_of_all_pairs(monkeypatch):
    """What makes matrices of pairs, `exp` and products, makes tiles only."""
    made = set()
    exp, matmul = ops.exp, ops.matmul

    def spy(result):
        made.add(tuple(result.shape))
        return result

    groups, rows = batch(130, 20)
    monkeypatch.setattr(ops, "exp", lambda x: spy(exp(x)))
    monkeypatch.setattr(ops, "matmul", lambda a, b: spy(matmul(a, b)))
    gradient(mean_loss(groups, 20, 0.2, 13), rows)
    assert any(shape[1] == 130 for shape in made)
    assert all(shape[0] in (0, 13, None) for shape in made)
    made.clear()
    gradient(mean_loss(groups, 20, 0.2, FULL), rows)
    assert (130, 130) in made


@pytest.mark.parametrize(("size", "is_tiled"), [(4096, False), (4097, True)])
def test_large_batches_are_tiled_by_themselves(size, is_tiled, monkeypatch):
    seen = []
    exp = ops.exp
    monkeypatch.setattr(ops, "exp", lambda x: seen.append(x.shape[0]) or exp(x))
    groups, rows = batch(size, 2, features=2)
    mean_loss(groups, 2, 0.2, "auto")(rows)
    assert (max(seen) < size) == is_tiled


@pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="Sizes are always known."
)
@pytest.mark.parametrize("use_xla", [False, True])
@pytest.mark.parametrize("tile_rows", ["auto", FULL, 4])
def test_a_batch_of_unknown_size_has_the_same_gradient(
    tile_rows, use_xla, monkeypatch
):
    import tensorflow as tf

    # "auto" keeps all of the first batch and nothing of the second.
    monkeypatch.setattr("keras_groupdir._contrast.row_plan._KEPT_PAIRS", 40)

    def traced(groups, rows):
        with tf.GradientTape() as tape:
            tape.watch(rows)
            value = mean_loss(groups, 4, 0.2, tile_rows)(rows)
        return tape.gradient(value, rows)

    graph = tf.function(
        traced,
        input_signature=[
            tf.TensorSpec([None], "int32"),
            tf.TensorSpec([None, 16], "float32"),
        ],
        jit_compile=use_xla,
    )
    for size in (6, 9):
        groups, rows = batch(size, 4)
        np.testing.assert_allclose(
            graph(groups, rows),
            gradient(mean_loss(groups, 4, 0.2, FULL), rows),
            atol=1e-6,
        )


@pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="Sizes are always known."
)
@pytest.mark.parametrize(
    ("size", "kept", "height"), [(4096, 4096, 1), (4097, 0, 2**20 // 4097)]
)
def test_a_batch_of_unknown_size_is_kept_if_it_is_small(size, kept, height):
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([], "int32")])
    def planned(size):
        plan = row_plan(size, size, "auto")
        return plan.num_kept, plan.height

    assert [int(x) for x in planned(size)] == [kept, height]


@pytest.mark.parametrize("bad", [0, -3, 2.5, True])
def test_tile_rows_must_be_whole_and_positive(bad):
    with pytest.raises(ValueError, match="`tile_rows` must be a whole number"):
        ordinal_group_contrastive([0, 1], np.eye(2), 2, tile_rows=bad)


def test_tile_rows_may_not_be_any_string():
    with pytest.raises(ValueError, match="must be 'auto', None or a whole"):
        ordinal_group_contrastive([0, 1], np.eye(2), 2, tile_rows="all")


@pytest.mark.parametrize(
    ("temperature", "similarity"), [(0.014, "cosine"), (2.0, "l2")]
)
def test_tiles_are_refused_where_there_is_no_closed_form(
    temperature, similarity
):
    with pytest.raises(ValueError, match="`tile_rows` needs similarity='cos"):
        ordinal_group_contrastive(
            [0, 1], np.eye(2), 2, temperature, similarity, tile_rows=2
        )
