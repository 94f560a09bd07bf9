import numpy as np
import pytest

from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import make_recipe
from keras_groupdir.recipes.array_batches import ArrayBatches
from keras_groupdir.recipes.checked_data import checked_data
from keras_groupdir.recipes.stratified_order import stratified_order

LABELS = np.random.default_rng(0).lognormal(size=103)


def order_of(labels=LABELS, batch_size=8, seed=0):
    return stratified_order(labels, batch_size, np.random.default_rng(seed))


@pytest.mark.parametrize("batch_size", [1, 2, 8, 102, 103, 500])
@pytest.mark.parametrize("size", [1, 2, 8, 103])
def test_every_row_comes_once(size, batch_size):
    order = order_of(LABELS[:size], batch_size)
    np.testing.assert_array_equal(np.sort(order), np.arange(size))


def test_every_batch_has_one_of_each_stratum():
    # 12 batches of 8, and one of 7 that is drawn before.
    order = order_of()
    full = order[:96]
    ranks = np.argsort(np.argsort(LABELS[full]))
    for batch in ranks.reshape(12, 8):
        assert sorted(batch // 12) == list(range(8))
    ranks = np.argsort(np.argsort(LABELS))[order[96:]]
    assert len(ranks) == 7
    strata = 103 * np.arange(8) // 7
    assert sorted(np.searchsorted(strata, ranks, "right") - 1) == list(range(7))


def test_batches_have_nearly_the_same_labels_unlike_those_of_chance():
    means = LABELS[order_of()[:96]].reshape(12, 8).mean(axis=1)
    chance = np.random.default_rng(1).permutation(103)[:96]
    by_chance = LABELS[chance].reshape(12, 8).mean(axis=1)
    assert means.std() < 0.7 * by_chance.std()


def test_where_labels_are_equal_chance_decides():
    orders = {tuple(order_of(np.zeros(9), 3, seed)) for seed in range(5)}
    assert len(orders) == 5


def test_inside_a_batch_the_order_says_nothing_of_the_label():
    first = [order_of(seed=seed)[0] for seed in range(40)]
    share = np.mean(LABELS[first] > np.median(LABELS))
    assert 0.2 < share < 0.8


def test_the_seed_and_the_epoch_decide_the_order():
    def epoch(seed, number):
        batches = ArrayBatches(LABELS, LABELS, None, 8, seed, stratified=True)
        start = number * batches.len_of_epoch
        parts = [batches[start + i][1] for i in range(batches.len_of_epoch)]
        return np.concatenate(parts).tolist()

    assert epoch(1, 0) == epoch(1, 0)
    assert epoch(1, 0) != epoch(2, 0)
    assert epoch(1, 0) != epoch(1, 1)
    assert sorted(epoch(1, 3)) == sorted(LABELS.astype("float32").tolist())
    # An order that is to be kept is kept.
    assert epoch(None, 0) == LABELS.astype("float32").tolist()


@pytest.mark.parametrize(
    ("name", "is_stratified"), [("cisir", True), ("vanilla", False)]
)
def test_a_recipe_says_whether_its_batches_are(name, is_stratified):
    (stage,) = make_recipe(name).stages
    y = LABELS[:96]
    x, task = y[:, None].astype("float32"), LabelTask(y)
    data = checked_data(make_recipe(name), x, y, None, None, task)
    stream = data.batches(stage, 8, seed=0)["x"]
    rare = np.sort(y)[-12]
    counts = [np.sum(stream[i][1] >= np.float32(rare)) for i in range(12)]
    assert (counts == [1] * 12) == is_stratified
