"""What makes an interval hold a label, by trying."""

import itertools

import numpy as np
import pytest

from keras_groupdir.scores.possible_labels import PossibleLabels

EDGES = np.array([0.0, 1, 3, 4, 7, 8, 10])
STRETCHES = list(itertools.pairwise(EDGES))
SEVERAL, OTHERS = STRETCHES[::2], STRETCHES[1::2]


def held(ends, labels, scaled, before, margins):
    """Whether each label is held with a margin of its own."""
    found = []
    for one, label, margin in zip(ends, labels, margins, strict=True):
        possible = PossibleLabels(one[None], scaled)
        possible.add(OTHERS, before)
        possible.add(SEVERAL, margin)
        found.append(possible.lower[0] <= label <= possible.upper[0])
    return np.array(found)


@pytest.mark.no_backend
@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("before", [-np.inf, -0.3, 0.0, 1.5])
def test_the_margin_is_the_least_that_holds(scaled, before):
    rng = np.random.default_rng(0)
    ends = np.sort(rng.uniform(-2, 12, (300, 2)), axis=1)
    starts, stops = np.array(SEVERAL)[rng.integers(3, size=300)].T
    labels = rng.uniform(starts, stops)
    possible = PossibleLabels(ends, scaled)
    possible.add(OTHERS, before)
    is_held = (possible.lower <= labels) & (labels <= possible.upper)
    margins = possible.margins_to_hold(labels, SEVERAL)
    np.testing.assert_array_equal(margins == -np.inf, is_held)
    assert is_held.any() == (before > -np.inf)
    some = (ends[~is_held], labels[~is_held], scaled, before)
    assert held(*some, margins[~is_held] + 1e-9).all()
    assert not held(*some, margins[~is_held] - 1e-9).any()
    # Sometimes labels of another stretch than its own do it.
    width = ends[:, 1] - ends[:, 0] if scaled else 1
    outside = np.maximum(ends[:, 0] - labels, labels - ends[:, 1]) / width
    assert (margins <= outside).all()
    if before > 1:
        assert (margins[~is_held] < outside[~is_held]).any()
