import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from keras_groupdir import LabelGroups
from keras_groupdir.scores import balanced_mean_absolute_error
from keras_groupdir.scores import geometric_mean
from keras_groupdir.scores import mean_absolute_error
from keras_groupdir.scores import mean_squared_error
from keras_groupdir.scores import pearson_correlation

ERRORS = (
    mean_absolute_error,
    mean_squared_error,
    geometric_mean,
    balanced_mean_absolute_error,
)
Y = np.array([1.0, 2.0, 2.0, 2.0, 5.0])
P = np.array([2.0, 2.5, 1.0, 4.0, 5.5])
SIZES = [1.0, 0.5, 1.0, 2.0, 0.5]


def test_mae_is_the_mean_size_of_the_errors():
    assert mean_absolute_error(Y, P) == pytest.approx(sum(SIZES) / 5)


def test_mse_is_the_mean_square_of_the_errors():
    assert mean_squared_error(Y, P) == pytest.approx(
        sum(size**2 for size in SIZES) / 5
    )


def test_the_geometric_mean_is_a_root_of_the_product():
    assert geometric_mean(Y, P) == pytest.approx(math.prod(SIZES) ** (1 / 5))


def test_one_exact_hit_makes_the_geometric_mean_zero():
    assert geometric_mean([1.0, 2.0], [1.0, 5.0]) == 0.0


def test_epsilon_stands_in_for_exact_hits_only():
    expected = (1e-10 * 3.0 * 1e-12) ** (1 / 3)
    actual = geometric_mean([0.0, 0.0, 0.0], [0.0, 3.0, 1e-12], epsilon=1e-10)
    assert actual == pytest.approx(expected)


def test_the_balanced_error_gives_every_distinct_label_one_vote():
    by_label = [1.0, (0.5 + 1.0 + 2.0) / 3, 0.5]
    assert balanced_mean_absolute_error(Y, P) == pytest.approx(
        sum(by_label) / 3
    )


def test_bins_make_labels_of_one_bin_one_label():
    bins = LabelGroups.from_edges([0, 2, 4, 6])
    labels = [0.1, 1.9, 5.0]
    by_bin = [(1.0 + 3.0) / 2, 4.0]
    assert balanced_mean_absolute_error(
        labels, [1.1, 4.9, 1.0], bins
    ) == pytest.approx(sum(by_bin) / 2)


def test_pearson_is_the_correlation_by_its_definition():
    y, p = Y - Y.mean(), P - P.mean()
    expected = sum(y * p) / math.sqrt(sum(y * y) * sum(p * p))
    assert pearson_correlation(Y, P) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("y", "p"), [([1.0], [2.0]), ([1.0, 2.0], [3.0, 3.0]), ([1.0, 1.0], [1, 2])]
)
def test_pearson_is_nan_where_one_side_does_not_vary(y, p):
    assert math.isnan(pearson_correlation(y, p))


VALUES = hnp.arrays("float64", (12,), elements=st.floats(-100, 100))


@given(y=VALUES, p=VALUES, order=st.permutations(range(12)))
def test_the_order_of_samples_does_not_matter(y, p, order):
    for error in ERRORS:
        assert error(y[order], p[order]) == pytest.approx(
            error(y, p), rel=1e-9, abs=1e-9
        )


@given(y=VALUES, p=VALUES)
def test_means_are_in_their_order(y, p):
    slack = 1e-9
    assert (
        0
        <= geometric_mean(y, p)
        <= mean_absolute_error(y, p) * (1 + slack) + slack
    )
    assert (
        mean_absolute_error(y, p)
        <= math.sqrt(mean_squared_error(y, p)) * (1 + slack) + slack
    )


@given(y=VALUES, p=VALUES)
def test_pearson_stays_in_its_range(y, p):
    value = pearson_correlation(y, p)
    assert math.isnan(value) or abs(value) <= 1 + 1e-9


@pytest.mark.parametrize("error", [*ERRORS, pearson_correlation])
def test_columns_and_rows_of_labels_count_the_same(error):
    expected = error(Y, P)
    assert error(Y[:, None], P) == expected
    assert error(Y, P[:, None]) == expected
    assert error(Y[:, None], P.astype("float32")[:, None]) == expected


@pytest.mark.parametrize("error", [*ERRORS, pearson_correlation])
def test_no_samples_give_nan(error):
    assert math.isnan(error([], []))
