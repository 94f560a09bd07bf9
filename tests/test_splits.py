import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.splits import balanced_split

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


def test_most_per_bin_is_a_whole_number():
    with pytest.raises(ValueError, match="`most_per_bin` must be a whole"):
        balanced_split(LABELS, BINS, most_per_bin=0, seed=0)
