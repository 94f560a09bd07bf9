import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_groupdir import LabelGroups
from keras_groupdir.labels.balanced_split import balanced_split

BINS = LabelGroups.equal_width(0, 3, num_groups=3)
LABELS = np.repeat([0.5, 1.5, 2.5], [100, 8, 2])


def test_every_sample_is_in_one_split():
    split = balanced_split(LABELS, BINS, most_per_bin=5, seed=0)
    rows = np.sort(np.concatenate(list(split.values())))
    np.testing.assert_array_equal(rows, np.arange(len(LABELS)))


def test_a_bin_gives_a_third_and_not_more_than_the_most():
    split = balanced_split(LABELS, BINS, most_per_bin=5, seed=0)
    for name in ("val", "test"):
        assert BINS.counts(LABELS[split[name]]).tolist() == [5, 8 // 3, 2 // 3]


def test_the_seed_decides():
    first = balanced_split(LABELS, BINS, 5, seed=1)["test"]
    again = balanced_split(LABELS, BINS, 5, seed=1)["test"]
    other = balanced_split(LABELS, BINS, 5, seed=2)["test"]
    np.testing.assert_array_equal(first, again)
    assert first.tolist() != other.tolist()


def _split_one_by_one(labels, bins, most_per_bin, seed):
    """Of each bin, the first in random order go to val, the next to test."""
    bin_ids = bins.assign(labels)
    split = {"train": [], "val": [], "test": []}
    for bin_id in range(bins.num_groups):
        size = np.sum(bin_ids == bin_id)
        queue = ["val", "test"]
        places = np.repeat(queue, min(size // 3, most_per_bin)).tolist()
        for row in np.random.default_rng(seed).permutation(len(labels)):
            if bin_ids[row] == bin_id:
                split[places.pop(0) if places else "train"].append(row)
    return {name: sorted(rows) for name, rows in split.items()}


def _as_lists(split):
    return {name: rows.tolist() for name, rows in split.items()}


labels_in_bins = st.lists(st.floats(0, 3, width=32), min_size=1, max_size=60)
most = st.integers(1, 8)
seeds = st.integers(0, 5)


@given(labels_in_bins, most, seeds)
def test_without_keys_samples_are_drawn_one_by_one(labels, most, seed):
    split = balanced_split(labels, BINS, most, seed)
    assert _as_lists(split) == _split_one_by_one(labels, BINS, most, seed)


@given(labels_in_bins, most, seeds)
def test_keys_that_are_all_different_change_nothing(labels, most, seed):
    without = balanced_split(labels, BINS, most, seed)
    keys = [f"sample {row}" for row in range(len(labels))]
    split = balanced_split(labels, BINS, most, seed, keys=keys)
    assert _as_lists(split) == _as_lists(without)


@given(st.data(), labels_in_bins, most, seeds)
def test_no_key_is_on_two_sides_and_no_bin_gives_too_much(
    data, labels, most, seed
):
    key = st.integers(0, 12)
    keys = data.draw(st.lists(key, min_size=len(labels), max_size=len(labels)))
    split = balanced_split(labels, BINS, most, seed, keys=keys)
    sides = [{keys[row] for row in rows} for rows in split.values()]
    assert sum(map(len, sides)) == len(set(keys))
    rows = np.sort(np.concatenate(list(split.values())))
    np.testing.assert_array_equal(rows, np.arange(len(labels)))
    sizes = BINS.counts(labels)
    for name in ("val", "test"):
        held_out = np.array(labels)[split[name]]
        if held_out.size:
            given_up = BINS.counts(held_out)
            assert np.all(given_up <= np.minimum(sizes // 3, most))


@pytest.mark.parametrize("seed", range(5))
def test_the_first_keys_with_room_in_all_their_bins_are_held_out(seed):
    # Both bins give one sample to each set, and "pair" has two in the second.
    labels = [0.5, 0.5, 0.5, 1.5, 1.5, 1.5]
    keys = ["pair", "x", "y", "pair", "pair", "z"]
    split = balanced_split(labels, BINS, 5, seed=seed, keys=keys)
    held_out = [{keys[row] for row in split[name]} for name in ("val", "test")]
    assert held_out in ([{"x", "z"}, {"y"}], [{"y", "z"}, {"x"}])


def test_a_key_too_large_for_a_bin_stays_in_training():
    labels = [0.5] * 12
    keys = ["many"] * 5 + list(range(7))
    split = balanced_split(labels, BINS, most_per_bin=4, seed=3, keys=keys)
    assert set(range(5)) <= set(split["train"].tolist())
    assert [len(split[name]) for name in ("val", "test")] == [4, 3]


def test_the_seed_decides_about_keys():
    keys = np.arange(len(LABELS)) // 2
    splits = [
        _as_lists(balanced_split(LABELS, BINS, 5, seed, keys=keys))
        for seed in (1, 1, 2)
    ]
    assert splits[0] == splits[1]
    assert splits[0] != splits[2]


@pytest.mark.parametrize(
    "form",
    [
        list,
        np.asarray,
        lambda keys: np.asarray(keys)[:, None],
        lambda keys: np.array([str(key) for key in keys]),
        lambda keys: [str(key).encode() for key in keys],
        lambda keys: [("person", key) for key in keys],
        # Elements of a tensor have a hash for each object, or none.
        keras.ops.convert_to_tensor,
    ],
    ids=["list", "array", "column", "text", "bytes", "tuples", "tensor"],
)
def test_keys_come_in_any_form(form):
    keys = [row // 2 for row in range(len(LABELS))]
    expected = balanced_split(LABELS, BINS, 5, seed=0, keys=keys)
    split = balanced_split(LABELS, BINS, 5, seed=0, keys=form(keys))
    assert _as_lists(split) == _as_lists(expected)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (range(3), r"one key per sample\. Received: 3 keys for 4 labels"),
        (["a", "b", None, "c"], r"name every sample; .* keys\[2\]=None"),
        ([1.0, float("nan"), 2.0, 3.0], r"name every sample; .*keys\[1\]=nan"),
        ([[1], [2], [3], [4]], r"hashable values\. .*keys\[0\] of type list"),
        (np.eye(4), r"hashable values\. .*keys\[0\] of type list"),
        ([np.ones(1)] * 4, r"hashable values\. .*keys\[0\] of type ndarray"),
        (7, r"one key per sample\. Received: 1 keys"),
    ],
)
def test_keys_that_are_none_are_refused(keys, message):
    with pytest.raises(ValueError, match=r"`keys` must .*" + message):
        balanced_split([0.5] * 4, BINS, 1, seed=0, keys=keys)


def test_a_list_of_tensors_is_refused():
    keys = [keras.ops.convert_to_tensor(row) for row in range(4)]
    with pytest.raises(ValueError, match=r"`keys` must .*hashable values"):
        balanced_split([0.5] * 4, BINS, 1, seed=0, keys=keys)
