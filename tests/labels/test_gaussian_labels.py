import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.labels import gaussian_labels

BINS = LabelGroups.equal_width(-1, 4, num_groups=10)
UNEVEN = LabelGroups.from_edges([0, 1, 2, 4, 8])


def gaussian_rows(labels, edges, sigma):
    """Label by label, group by group: the mass of a Gaussian, scaled to 1."""
    rows = []
    scale = sigma * (edges[-1] - edges[0]) / (len(edges) - 1) * math.sqrt(2)
    for label in np.asarray(labels, dtype="float64"):
        label = min(max(label, edges[0]), edges[-1])
        below = [0.5 * (1 + math.erf((e - label) / scale)) for e in edges]
        mass = [b - a for a, b in pairwise(below)]
        rows.append([m / sum(mass) for m in mass])
    return np.array(rows)


def found(labels, *settings):
    return ops.convert_to_numpy(gaussian_labels(labels, *settings))


@pytest.mark.parametrize("groups", [BINS, UNEVEN], ids=["even", "uneven"])
@pytest.mark.parametrize("sigma", [1e-6, 0.1, 0.75, 3.0, 1e6])
def test_rows_are_the_mass_of_a_gaussian_in_each_group(groups, sigma):
    labels = np.random.default_rng(0).uniform(-3, 10, 20).astype("float32")
    np.testing.assert_allclose(
        found(labels, groups, sigma),
        gaussian_rows(labels, groups.edges, sigma),
        atol=2e-6,
    )


@given(
    label=st.floats(-2, 5, width=32),
    sigma=st.sampled_from([1e-3, 0.2, 0.75, 2.0, 50.0]),
)
def test_rows_sum_to_1_and_are_nowhere_negative(label, sigma):
    row = found([label], BINS, sigma)[0]
    assert row.min() >= 0
    assert row.sum() == pytest.approx(1, rel=1e-5)


def test_a_label_at_an_end_or_beyond_loses_no_mass():
    # All of the upper half, whose first bin has 1 / 0.75 deviations of it.
    half = math.erf(1 / 0.75 / math.sqrt(2))
    rows = found([-1.0, -7.0, 4.0, 1e9], BINS)
    np.testing.assert_allclose(rows[:, [0, -1]].max(axis=1), half, rtol=1e-5)
    np.testing.assert_array_equal(rows[0], rows[1])
    np.testing.assert_array_equal(rows[2], rows[3])


def test_the_mean_is_the_label_away_from_the_ends():
    labels = np.linspace(1, 2, 7, dtype="float32")
    np.testing.assert_allclose(
        found(labels, BINS) @ BINS.centers, labels, atol=2e-3
    )


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_does_not_matter(unit):
    labels = np.linspace(-1, 4, 9)
    scaled = LabelGroups.from_edges(BINS.edges * unit)
    np.testing.assert_allclose(
        found(labels * unit, scaled), found(labels, BINS), atol=1e-5
    )


def test_nan_stays_nan():
    rows = found([float("nan"), 1.0], BINS)
    assert np.isnan(rows[0]).all()
    assert np.isfinite(rows[1]).all()
