import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is an extra")

from hypothesis import given
from hypothesis import strategies as st

from keras_groupdir.labels import LabelGroups
from keras_groupdir.sklearn.validation_part import validation_part

pytestmark = pytest.mark.no_backend

BINS = LabelGroups.equal_width(0, 8, num_groups=4)
# 400 common labels, and 40, 10 and 2 of the rarer bins.
SKEWED = np.repeat([1.0, 3.0, 5.0, 7.0], [400, 40, 10, 2])


@given(
    size=st.integers(2, 60),
    fraction=st.floats(0, 0.99),
    balanced=st.booleans(),
    seed=st.integers(0, 9),
)
def test_every_row_is_on_one_side(size, fraction, balanced, seed):
    labels = np.random.default_rng(seed).uniform(0, 8, size)
    if balanced and BINS.counts(labels).max() < 3:
        return
    train, held_out = validation_part(labels, BINS, fraction, balanced, seed)
    together = np.concatenate([train, held_out])
    assert sorted(together.tolist()) == list(range(size))
    assert len(train) >= 1
    assert np.all(np.diff(held_out) > 0)
    if not fraction:
        assert len(held_out) == 0
    elif not balanced:
        expected = min(max(1, round(fraction * size)), size - 1)
        assert len(held_out) == expected


def test_a_plain_part_has_labels_as_they_come():
    labels = np.random.default_rng(0).permutation(np.arange(100.0))
    _, held_out = validation_part(labels, BINS, 0.1, False, 3)
    # One of each ten labels that follow one another.
    tens = np.sort(labels[held_out]) // 10
    assert tens.tolist() == list(range(10))


def test_a_balanced_part_takes_as_many_of_each_bin_as_come_to_it():
    _, held_out = validation_part(SKEWED, BINS, 0.1, True, 0)
    # At most a third of a bin: 13 of 40, 3 of 10 and none of 2.
    assert BINS.counts(SKEWED[held_out]).tolist() == [29, 13, 3, 0]
    _, held_out = validation_part(SKEWED, BINS, 0.05, True, 0)
    assert BINS.counts(SKEWED[held_out]).tolist() == [10, 10, 3, 0]
    _, held_out = validation_part(SKEWED, BINS, 0.9, True, 0)
    assert BINS.counts(SKEWED[held_out]).tolist() == [133, 13, 3, 0]


@pytest.mark.parametrize("balanced", [False, True])
def test_the_seed_draws_it(balanced):
    def rows(seed):
        return validation_part(SKEWED, BINS, 0.1, balanced, seed)[1].tolist()

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


@pytest.mark.parametrize("fraction", [1, 1.5, -0.1, np.nan, "a", None])
def test_a_fraction_that_is_none_is_refused(fraction):
    with pytest.raises(ValueError, match="`validation_fraction` must be"):
        validation_part(SKEWED, BINS, fraction, False, 0)


def test_labels_that_cannot_be_balanced_are_refused():
    with pytest.raises(ValueError, match="`balanced_validation` takes a third"):
        validation_part(np.array([1.0, 3.0, 5.0]), BINS, 0.5, True, 0)
