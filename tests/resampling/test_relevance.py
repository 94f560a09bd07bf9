import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from keras_groupdir.resampling import box_plot_points
from keras_groupdir.resampling import relevance

pytestmark = pytest.mark.no_backend

LABELS = hnp.arrays("float64", (20,), elements=st.floats(-1e3, 1e3, width=32))
VALUES = hnp.arrays("float64", (6,), elements=st.floats(0, 1))
POINTS = [(0.0, 1.0), (1.0, 0.6), (3.0, 0.1), (4.0, 0.3), (7.0, 0.9), (8.0, 1)]


def reference(label, points):
    """The cubic at one label, by Hermite's four polynomials."""
    last = len(points) - 1
    gradients = [0.0] * (last + 1)
    secants = [
        (points[k + 1][1] - points[k][1]) / (points[k + 1][0] - points[k][0])
        for k in range(last)
    ]
    for k in range(1, last):
        before, after = secants[k - 1], secants[k]
        if before * after > 0:
            h_before = points[k][0] - points[k - 1][0]
            h_after = points[k + 1][0] - points[k][0]
            w, v = 2 * h_after + h_before, h_after + 2 * h_before
            gradients[k] = (w + v) / (w / before + v / after)
    if label <= points[0][0]:
        return points[0][1]
    for k in range(last):
        (left, low), (right, high) = points[k], points[k + 1]
        if label <= right:
            t, h = (label - left) / (right - left), right - left
            return (
                (2 * t**3 - 3 * t**2 + 1) * low
                + (t**3 - 2 * t**2 + t) * h * gradients[k]
                + (-2 * t**3 + 3 * t**2) * high
                + (t**3 - t**2) * h * gradients[k + 1]
            )
    return points[last][1]


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_relevance_is_the_monotone_cubic_of_the_reference(size):
    labels = np.linspace(-2, 10, 49)
    expected = [reference(label, POINTS[:size]) for label in labels]
    np.testing.assert_allclose(
        relevance(labels, POINTS[:size]), expected, atol=1e-12
    )


def test_between_inner_points_it_is_the_cubic_of_scipy():
    interpolate = pytest.importorskip("scipy.interpolate")
    # Scipy has other gradients at the two ends, which do not reach further.
    labels = np.linspace(1, 7, 40)
    np.testing.assert_allclose(
        relevance(labels, POINTS),
        interpolate.PchipInterpolator(*np.transpose(POINTS))(labels),
        atol=1e-12,
    )


@given(values=VALUES, steps=hnp.arrays("int64", 6, elements=st.integers(1, 9)))
def test_it_never_leaves_the_range_between_two_points(values, steps):
    at = np.cumsum(steps).astype("float64")
    for k in range(5):
        labels = np.linspace(at[k], at[k + 1], 7)
        inside = relevance(labels, np.column_stack([at, values]))
        assert inside.min() >= min(values[k : k + 2]) - 1e-12
        assert inside.max() <= max(values[k : k + 2]) + 1e-12


def test_halfway_to_a_whisker_the_relevance_is_a_half():
    # Box from 2.25 to 4.75, whiskers to 1 and 5 at most: 30 is outside.
    points = box_plot_points([1, 2, 3, 4, 5, 30])
    assert relevance([3.5, 4.25, 5, 30], points).tolist() == [0, 0.5, 1, 1]


@pytest.mark.parametrize(
    ("labels", "points"),
    [
        ([1, 2, 3, 4, 5, 30], [(1, 0), (3.5, 0), (5, 1)]),
        ([-30, 1, 2, 3, 4, 5], [(1, 1), (2.5, 0), (5, 0)]),
        ([-30, 1, 2, 3, 4, 5, 40], [(1, 1), (3, 0), (5, 1)]),
        ([1, 2, 3, 4, 5], [(1, 0), (3, 0), (5, 0)]),
        # Half or more are the same: the next label out is the whisker.
        ([0, 0, 0, 0, 0, 5, 7], [(0, 0), (5, 1)]),
        ([-9, 0, 0, 0, 0, 0, 5, 7], [(-9, 1), (0, 0), (5, 1)]),
        ([2, 2, 2], [(2, 0)]),
        ([2], [(2, 0)]),
    ],
)
def test_control_points_are_median_and_whiskers(labels, points):
    assert list(map(tuple, box_plot_points(labels).tolist())) == points
    assert box_plot_points(np.array(labels)[:, None]).tolist() == [
        list(point) for point in points
    ]


def test_a_larger_coef_makes_longer_whiskers():
    # Quartiles 2 and 4: whiskers may reach 1.5 * 2 or 3 * 2 past the box.
    labels = [1, 2, 3, 4, 9]
    assert box_plot_points(labels)[-1].tolist() == [4.0, 1.0]
    assert box_plot_points(labels, coef=3.0)[-1].tolist() == [9.0, 0.0]


@given(labels=LABELS, coef=st.floats(0.1, 5))
def test_labels_of_any_kind_have_points_to_interpolate(labels, coef):
    points = box_plot_points(labels, coef)
    values = relevance(labels, points)
    assert np.isfinite(values).all()
    assert relevance([np.median(labels)], points)[0] == 0
    turned = relevance(-labels, box_plot_points(-labels, coef))
    np.testing.assert_allclose(turned, values, atol=1e-6)
