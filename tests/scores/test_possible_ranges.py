"""Ranges hold all labels that may be, and nothing else."""

import numpy as np
import pytest

from keras_groupdir.scores.possible_ranges import possible_ranges

pytestmark = pytest.mark.no_backend

# Out of order, some touching, and one that goes on for ever.
STRETCHES = {
    "few": [(8.0, np.inf), (1.0, 2.0)],
    "many": [(0.0, 1.0), (3.0, 6.0)],
    "median": [(2.0, 3.0), (6.0, 8.0)],
}
GRID = np.linspace(-1, 20, 4201) + 1e-7


def may_be(ends, labels, margins, scaled):
    """Written out, for one interval."""
    low, high = ends
    found = np.zeros(len(labels), bool)
    for shot, stretches in STRETCHES.items():
        reach = margins[shot] * ((high - low) if scaled else 1)
        near = (labels >= low - reach) & (labels <= high + reach)
        for start, stop in stretches:
            found |= near & (labels >= start) & (labels <= stop)
    return found


def inside(ranges, labels):
    return np.any(
        [(low <= labels) & (labels <= high) for low, high in ranges], axis=0
    )


@pytest.mark.parametrize("scaled", [False, True])
def test_they_hold_what_may_be_alone(scaled):
    rng = np.random.default_rng(0)
    ends = np.sort(rng.uniform(-2, 12, (200, 2)), axis=1)
    sizes = set()
    for _ in range(3):
        margins = dict(zip(STRETCHES, rng.uniform(-1, 2, 3), strict=True))
        found = possible_ranges(ends, STRETCHES, margins, scaled)
        for one, ranges in zip(ends, found, strict=True):
            expected = may_be(one, GRID, margins, scaled)
            if expected.any():
                np.testing.assert_array_equal(inside(ranges, GRID), expected)
            there = ranges[~np.isnan(ranges[:, 0])]
            sizes.add(len(there))
            # From low to high, apart from each other, and then nothing.
            assert (there[1:, 0] > there[:-1, 1]).all()
            assert np.isnan(ranges[len(there) :]).all()
        assert (~np.isnan(found[..., 0])).sum(axis=1).max() == found.shape[1]
    assert sizes >= {1, 2, 3}


def test_a_margin_without_end_holds_all_of_its_stretches():
    margins = {"few": np.inf, "many": -99.0, "median": -99.0}
    found = possible_ranges(np.array([[4.0, 5.0]]), STRETCHES, margins, False)
    assert found.tolist() == [[[1.0, 2.0], [8.0, np.inf]]]


def test_the_middle_is_left_where_nothing_may_be():
    margins = dict.fromkeys(STRETCHES, -99.0) | {"few": 0.5}
    ends = np.array([[4.0, 5.0], [1.5, 1.7]])
    found = possible_ranges(ends, STRETCHES, margins, False)
    np.testing.assert_allclose(found, [[[4.5, 4.5]], [[1.0, 2.0]]])
