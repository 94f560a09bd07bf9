"""The split of the DIR benchmarks, drawn from ages."""

from collections import Counter

import numpy as np
import pytest

from apps.data.faces.datasets.rule import split_by_age

pytestmark = pytest.mark.no_backend

AGES = np.repeat([30.0, 31.0, 90.0, 120.0, 121.0, 186.0], [50, 8, 2, 9, 9, 9])


def _counts(splits, name):
    return Counter(AGES[splits == name].tolist())


def test_an_age_gives_a_third_and_not_more_than_the_most():
    splits = split_by_age(AGES, most_per_age=5)
    for name in ("val", "test"):
        assert _counts(splits, name) == {30.0: 5, 31.0: 8 // 3, 120.0: 9 // 3}


def test_who_is_older_than_120_stays_in_training():
    splits = split_by_age(AGES, most_per_age=5)
    assert set(splits[AGES > 120].tolist()) == {"train"}


def test_the_draw_is_always_the_same():
    first, again = split_by_age(AGES, 5), split_by_age(AGES, 5)
    np.testing.assert_array_equal(first, again)


def test_faces_of_a_key_stay_together_also_past_the_oldest():
    # The first 17 are not drawn, so pairs would break if keys were shifted.
    ages = AGES[:-1][::-1]
    keys = [row // 2 for row in range(len(ages))]
    splits = split_by_age(ages, most_per_age=5, keys=keys)
    for key in set(keys):
        of_key = [s for s, k in zip(splits, keys, strict=True) if k == key]
        assert len(set(of_key)) <= 1
    assert set(splits.tolist()) == {"train", "val", "test"}
