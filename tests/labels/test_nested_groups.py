from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_groupdir import LabelGroups
from keras_groupdir.labels import nested_groups
from keras_groupdir.labels.nested_groups import check_levels


def test_of_different_labels_they_are_quantile_groups():
    labels = np.random.default_rng(0).lognormal(size=64)
    levels = nested_groups(labels, depth=4)
    assert [level.num_groups for level in levels] == [2, 4, 8, 16]
    for level in levels:
        assert set(level.counts(labels)) == {64 // level.num_groups}
        # Each edge in the middle of the two labels it is between.
        ordered = np.sort(labels)
        share = 64 // level.num_groups
        middles = (ordered[share - 1 : -1 : share] + ordered[share::share]) / 2
        np.testing.assert_allclose(level.edges[1:-1], middles, rtol=1e-6)
        assert (level.low, level.high) == pytest.approx(
            (labels.min(), labels.max())
        )


@given(
    labels=st.lists(
        st.integers(0, 6) | st.floats(-3, 9, width=32), min_size=2, max_size=30
    ).filter(lambda labels: np.ptp(np.float32(labels)) > 1e-3),
    depth=st.integers(1, 6),
)
def test_levels_are_nested_and_no_group_is_empty(labels, depth):
    levels = nested_groups(labels, depth)
    assert 1 <= len(levels) <= depth
    for coarse, fine in pairwise(levels):
        assert set(coarse.edges) < set(fine.edges)
    for place, level in enumerate(levels):
        assert level.num_groups <= 2 ** (place + 1)
        assert level.counts(labels).min() > 0
    assert check_levels(levels) == levels


def test_a_label_that_most_have_is_a_group_and_the_rest_are_cut_on():
    labels = [0] * 95 + [1, 2, 3, 4]
    levels = nested_groups(labels, depth=5)
    assert [level.edges.tolist() for level in levels] == [
        [0, 0.5, 4],
        [0, 0.5, 2.5, 4],
        [0, 0.5, 1.5, 2.5, 3.5, 4],
    ]


def test_a_cut_makes_halves_as_nearly_as_it_can():
    (level,) = nested_groups([1, 1, 1, 2, 2, 5, 5, 5, 5], depth=1)
    assert level.edges.tolist() == [1, 3.5, 5]


def test_a_range_may_be_wider_or_narrower_than_the_labels():
    (level,) = nested_groups([1, 2, 3, 4], 1, low=-10, high=20)
    assert level.edges.tolist() == [-10, 2.5, 20]
    (level,) = nested_groups([1, 2, 3, 4], 1, low=2.5, high=3.5)
    assert level.edges.tolist() == [2.5, 2.75, 3.5]


def test_labels_that_float32_holds_next_to_each_other_stay_together():
    next_to_1 = float(np.nextafter(np.float32(1), np.float32(2)))
    (level,) = nested_groups([1.0, next_to_1, next_to_1, 2.0], depth=5)
    assert level.num_groups == 2
    assert level.counts([1.0, next_to_1, 2.0]).tolist() == [2, 1]
    with pytest.raises(ValueError, match="`labels` must have at least 2"):
        nested_groups([1.0, next_to_1], depth=2)


@pytest.mark.parametrize(
    ("levels", "match"),
    [
        (LabelGroups.from_edges([0, 1, 2]), "must be a list of LabelGroups"),
        ([], "must not be empty"),
        ([[0, 1, 2]], "must be a LabelGroups"),
        (
            [LabelGroups(e) for e in ([0, 2, 4], [0, 1, 3, 4])],
            "must go from coarse to fine",
        ),
        (
            [LabelGroups(e) for e in ([0, 2, 4], [-1, 0, 2, 4])],
            "must go from coarse to fine",
        ),
    ],
)
def test_levels_that_are_not_nested_are_refused(levels, match):
    with pytest.raises(ValueError, match=f"`levels` {match}"):
        check_levels(levels)
