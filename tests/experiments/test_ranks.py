"""Ranks, pairs and means over data sets, against printed figures and NumPy."""

import itertools
import math

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy import stats

from keras_groupdir.experiments import Change
from keras_groupdir.experiments import compare_pairs
from keras_groupdir.experiments import over_sets
from keras_groupdir.experiments import rank_methods


def errors_of(table):
    """Errors by method and data set, of rows of a data set each."""
    columns = np.asarray(table, float).T
    return {
        name: {f"set {row}": value for row, value in enumerate(column)}
        for name, column in zip("abcdefghijklmnop", columns, strict=False)
    }


def random_errors(num_sets, num_methods, seed=0):
    rng = np.random.default_rng(seed)
    shift = 1 + 0.2 * np.arange(num_methods)
    return errors_of(
        shift
        * np.exp(
            0.3 * rng.normal(size=(num_sets, 1))
            + 0.1 * rng.normal(size=(num_sets, num_methods))
        )
    )


def signed_rank_p(differences):
    """By all sign patterns: how often the sum is as far from its middle."""
    sizes = np.abs(differences)
    ranks = stats.rankdata(sizes)
    total = ranks.sum()
    found = ranks[np.asarray(differences) > 0].sum()
    signs = itertools.product((0, 1), repeat=len(ranks))
    sums = np.array([np.dot(one, ranks) for one in signs])
    far = abs(sums - total / 2) >= abs(found - total / 2) - 1e-9
    return far.mean()


def test_ranks_of_equal_errors_are_shared():
    found = rank_methods(errors_of([[1, 2, 2], [3, 1, 2], [5, 5, 5]]))
    expected = {"a": [1, 3, 2], "b": [2.5, 1, 2], "c": [2.5, 2, 2]}
    assert found.by_method == expected
    assert list(found.means) == ["b", "a", "c"]


def test_what_rounding_alone_tells_apart_shares_a_rank():
    errors = errors_of([[0.1 + 0.2, 0.3, 1.0]] * 6)
    found = rank_methods(errors)
    assert found.means == {"a": 1.5, "b": 1.5, "c": 3}
    assert compare_pairs(errors)[0].p is None
    # What is more than that does not, nor what has no result.
    errors = errors_of([[0.3, 0.3 + 1e-8, math.inf, math.inf, 0, 1e-300]])
    ranks = [own[0] for own in rank_methods(errors).by_method.values()]
    assert ranks == [1, 2, 3, 4, 5.5, 5.5]


def test_friedmans_statistic_is_that_of_the_formula():
    found = rank_methods(random_errors(7, 4))
    n, k = 7, 4
    means = np.array(list(found.means.values()))
    expected = (
        12 * n / (k * (k + 1)) * (np.sum(means**2) - k * (k + 1) ** 2 / 4)
    )
    assert found.chi_squared == pytest.approx(expected)


# q of 5% in table 5 of Demsar (2006), by the number of methods.
QUANTILES = {2: 1.960, 3: 2.343, 4: 2.569, 5: 2.728, 8: 3.031, 10: 3.164}


@pytest.mark.parametrize(("methods", "quantile"), QUANTILES.items())
def test_the_critical_difference_is_the_printed_one(methods, quantile):
    found = rank_methods(random_errors(9, methods)).critical_difference
    spread = math.sqrt(methods * (methods + 1) / (6 * 9))
    assert found / spread == pytest.approx(quantile, abs=1e-3)


def test_groups_are_within_the_critical_difference_and_maximal():
    ranks = rank_methods(random_errors(15, 10))
    means, groups = ranks.means, [set(group) for group in ranks.groups]
    assert len(groups) > 1
    for one, other in itertools.combinations(means, 2):
        together = any({one, other} <= group for group in groups)
        gap = abs(means[one] - means[other])
        assert together == (gap <= ranks.critical_difference)
    assert not any(a < b for a in groups for b in groups)


def test_a_method_without_a_result_has_the_last_rank():
    errors = errors_of([[1, 2, 3], [1, 2, 3]])
    errors["a"]["set 1"] = math.inf
    assert rank_methods(errors).by_method["a"] == [1, 3]


def test_what_is_begun_and_what_is_rare_leave_the_others_alone():
    errors = errors_of(np.ones((5, 3)))
    # Of the fifth data set there is one method yet; one is on a single set.
    del errors["b"]["set 4"], errors["c"]["set 4"]
    errors["rare"] = {"set 0": 0.5}
    found = rank_methods(errors)
    assert found.datasets == [f"set {row}" for row in range(4)]
    assert set(found.means) == {"a", "b", "c"}


def test_without_common_data_sets_there_are_no_ranks():
    assert rank_methods({}) is None
    assert rank_methods({"a": {"x": 1.0}}) is None
    assert rank_methods({"a": {"x": 1.0}, "b": {"y": 1.0}}) is None


def test_all_alike_has_no_friedman_test():
    found = rank_methods(errors_of(np.ones((3, 4))))
    assert (found.chi_squared, found.p) == (None, None)


def test_pairs_are_wilcoxons_on_ratios():
    errors = random_errors(8, 3)
    for pair in compare_pairs(errors):
        ours, theirs = errors[pair.one], errors[pair.other]
        logs = [math.log(ours[name] / theirs[name]) for name in ours]
        assert pair.p == pytest.approx(signed_rank_p(logs))
        assert pair.better == sum(one < 0 for one in logs)
        assert pair.worse == 8 - pair.better
    # The unit of a data set does not matter.
    scaled = {
        name: {k: v * 10.0 ** int(k[-1]) for k, v in own.items()}
        for name, own in errors.items()
    }
    found = [pair.p for pair in compare_pairs(scaled)]
    assert found == pytest.approx([pair.p for pair in compare_pairs(errors)])


@pytest.mark.parametrize(
    "differences", [[1, -2, 3, 4, 5, -6], [1, 1, -1, 2, 2, 0, -3], [2, 0, 0]]
)
def test_ties_and_zeros_of_pairs_are_exact(differences):
    errors = {
        "a": {str(i): math.exp(d) for i, d in enumerate(differences)},
        "b": {str(i): 1.0 for i, _ in enumerate(differences)},
    }
    (pair,) = compare_pairs(errors)
    expected = signed_rank_p([d for d in differences if d])
    assert pair.p == pytest.approx(expected)
    if 0 not in differences:
        assert pair.p == pytest.approx(stats.wilcoxon(differences).pvalue)


def test_holm_is_of_the_pairs_that_are_asked_for():
    errors = random_errors(8, 4)
    every = compare_pairs(errors)
    assert len(every) == 6
    least = min(every, key=lambda pair: pair.p)
    assert least.corrected == pytest.approx(min(1, 6 * least.p))
    against = compare_pairs(errors, "a")
    assert [(x.one, x.other) for x in against] == [(x, "a") for x in "bcd"]
    least = min(against, key=lambda pair: pair.p)
    assert least.corrected == pytest.approx(min(1, 3 * least.p))
    assert compare_pairs(errors, "nobody") == []


def test_pairs_without_results_or_without_a_difference():
    errors = errors_of([[1, 1], [2, 2], [3, 3]])
    assert compare_pairs(errors)[0].p is None
    errors["a"] = dict.fromkeys(errors["a"], math.inf)
    (pair,) = compare_pairs(errors)
    assert (pair.better, pair.worse, pair.p) == (0, 3, 0.25)


def test_changes_over_sets_are_means_of_logarithms():
    percents = [-20.0, 5.0, 10.0, -1.0]
    halves = [3.0, 2.0, 20.0, None]
    found = over_sets(
        [Change(p, h, 0.5) for p, h in zip(percents, halves, strict=True)]
    )
    logs = np.log1p(np.array(percents) / 100)
    # 97.5% of Student's t with 3 degrees of freedom, from a printed table.
    half = 3.182 * logs.std(ddof=1) / 2
    expected = 100 * np.expm1(
        [logs.mean(), logs.mean() - half, logs.mean() + half]
    )
    np.testing.assert_allclose(
        [found.percent, found.low, found.high], expected, rtol=1e-3
    )
    assert found.median == pytest.approx(2)
    assert (found.wins, found.ties, found.losses) == (1, 2, 1)
    assert (found.better, found.worse, found.num_sets) == (2, 2, 4)


def test_a_change_that_no_float_holds_is_infinite():
    found = over_sets([Change(1e48, None, None), Change(-50.0, None, None)])
    assert found.percent == pytest.approx(100 * math.sqrt(1e46 * 0.5))
    assert (found.low, found.high) == (pytest.approx(-100), math.inf)


def test_changes_over_one_set_or_none():
    found = over_sets([None, Change(-5.0, 1.0, 0.01)])
    assert found.percent == pytest.approx(-5)
    assert (found.low, found.high) == (None, None)
    assert over_sets([None]) is None
    # An error of 0 has no logarithm.
    assert over_sets([Change(-100.0, 1.0, 0.01)]) is None
