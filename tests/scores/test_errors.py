import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from keras_groupdir import LabelGroups
from keras_groupdir.resampling import relevance
from keras_groupdir.scores import balanced_mean_absolute_error
from keras_groupdir.scores import balanced_mean_absolute_scaled_error
from keras_groupdir.scores import concordance_correlation
from keras_groupdir.scores import geometric_mean
from keras_groupdir.scores import mean_absolute_error
from keras_groupdir.scores import mean_squared_error
from keras_groupdir.scores import pearson_correlation
from keras_groupdir.scores import squared_error_relevance_area

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


def test_the_scaled_error_is_that_of_the_training_median():
    train = [2.0, 2.0, 3.0, 9.0]  # a median of 2.5
    by_label = [1.0, (0.5 + 1.0 + 2.0) / 3, 0.5]
    constant = [1.5, 0.5, 2.5]
    assert balanced_mean_absolute_scaled_error(Y, P, train) == pytest.approx(
        sum(by_label) / sum(constant)
    )
    bins = LabelGroups.from_edges([0, 2, 6])
    by_bin = [1.0, (0.5 + 1.0 + 2.0 + 0.5) / 4]
    constant = [1.5, (0.5 + 0.5 + 0.5 + 2.5) / 4]
    assert balanced_mean_absolute_scaled_error(
        Y, P, train, bins
    ) == pytest.approx(sum(by_bin) / sum(constant))


def test_the_scaled_error_of_the_constant_is_one():
    constant = np.full(5, np.median(P))
    assert balanced_mean_absolute_scaled_error(Y, constant, P) == 1.0
    assert math.isnan(balanced_mean_absolute_scaled_error([2, 2], [1, 3], [2]))


def test_the_relevance_area_is_the_integral_of_its_steps():
    rng = np.random.default_rng(0)
    points = [(0, 1), (4, 0), (10, 0.8)]
    y, p = rng.uniform(-1, 11, 40), rng.uniform(0, 10, 40)
    own = relevance(y, points)
    # Between one relevance and the next the sum stays the same.
    area, last = 0.0, 0.0
    for level in sorted({*own.tolist(), 1.0}):
        kept = [i for i in range(40) if own[i] >= level]
        area += (level - last) * sum((y[i] - p[i]) ** 2 for i in kept)
        last = level
    actual = squared_error_relevance_area(y, p, points)
    assert actual == pytest.approx(area / 40, rel=1e-12)


def test_the_relevance_area_is_between_nothing_and_the_squared_error():
    everything, nothing = [(0, 1)], [(0, 0)]
    mse = mean_squared_error(Y, P)
    assert squared_error_relevance_area(Y, P, everything) == mse
    assert squared_error_relevance_area(Y, P, nothing) == 0


def test_concordance_is_that_of_lin():
    gap = Y.mean() - P.mean()
    y, p = Y - Y.mean(), P - P.mean()
    expected = 2 * sum(y * p) / (sum(y * y) + sum(p * p) + 5 * gap**2)
    assert concordance_correlation(Y, P) == pytest.approx(expected)
    # The distance from the line of 45 degrees, as Lin introduces it.
    independent = y.var() + p.var() + gap**2
    assert concordance_correlation(Y, P) == pytest.approx(
        1 - np.mean((Y - P) ** 2) / independent
    )


def test_concordance_wants_the_labels_themselves():
    assert concordance_correlation(Y, Y) == pytest.approx(1)
    assert concordance_correlation(Y, 2 * Y + 1) < pearson_correlation(Y, 2 * Y)
    assert concordance_correlation(Y, np.full(5, 2.0)) == 0
    assert math.isnan(concordance_correlation([1, 1], [1, 2]))
    assert math.isnan(concordance_correlation([1], [1]))


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


def test_labels_in_a_tiny_unit_agree_with_nothing_far_from_them():
    labels = np.zeros(12)
    labels[0] = 3.49e-241
    assert concordance_correlation(labels, np.ones(12)) == 0
    assert concordance_correlation(labels, labels) == pytest.approx(1)


@pytest.mark.parametrize(
    "correlation", [pearson_correlation, concordance_correlation]
)
@given(y=VALUES, p=VALUES)
def test_correlations_stay_in_their_range(correlation, y, p):
    value = correlation(y, p)
    assert math.isnan(value) or abs(value) <= 1 + 1e-9


def scaled(y, p):
    return balanced_mean_absolute_scaled_error(y, p, Y)


def far_out(y, p):
    return squared_error_relevance_area(y, p, [(2, 0), (5, 1)])


ALL = (*ERRORS, pearson_correlation, concordance_correlation, scaled, far_out)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
@pytest.mark.parametrize(
    "error", [pearson_correlation, concordance_correlation]
)
def test_correlations_have_no_unit(error, unit):
    assert error(unit * Y, unit * P) == pytest.approx(error(Y, P))
    scale = balanced_mean_absolute_scaled_error(unit * Y, unit * P, unit * Y)
    assert scale == pytest.approx(scaled(Y, P))


@pytest.mark.parametrize("error", ALL)
def test_columns_and_rows_of_labels_count_the_same(error):
    expected = error(Y, P)
    assert error(Y[:, None], P) == expected
    assert error(Y, P[:, None]) == expected
    assert error(Y[:, None], P.astype("float32")[:, None]) == expected


@pytest.mark.parametrize("error", ALL)
def test_no_samples_give_nan(error):
    assert math.isnan(error([], []))


@pytest.mark.parametrize("unit", [1e-160, 1.0, 1e160])
@pytest.mark.parametrize(
    "score", [pearson_correlation, concordance_correlation]
)
def test_correlations_of_units_whose_squares_are_no_numbers(score, unit):
    true, pred = np.array([1.0, 2.0, 4.0, 3.0]), np.array([1.5, 1.0, 4.0, 2.5])
    assert score(unit * true, unit * pred) == pytest.approx(score(true, pred))
