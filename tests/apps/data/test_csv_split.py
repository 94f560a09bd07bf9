"""Rows of the user's tables that are held out."""

import re
import warnings

import numpy as np
import pytest

from apps.data.csv_file import csv_problem
from tests.apps.data.made_up import write_lines

pytestmark = pytest.mark.no_backend


def skewed(kind, count=10_000):
    rng = np.random.default_rng(0)
    if kind == "typo":
        return [*rng.uniform(0, 1000, count - 1), 1e12]
    return rng.lognormal(10, 3.0 if kind == "very skewed" else 1.0, count)


def of_labels(tmp_path, labels):
    rows = [f"{label},{row}" for row, label in enumerate(labels)]
    return csv_problem(write_lines(tmp_path / "t.csv", "y,a", *rows))


@pytest.mark.parametrize("kind", ["typo", "very skewed"])
def test_too_few_rows_held_out_are_refused_with_what_to_do(tmp_path, kind):
    with pytest.raises(
        ValueError, match=r"t\.csv: .* of 10000 rows.* logarithm"
    ):
        of_labels(tmp_path, skewed(kind))


def test_few_rows_held_out_are_warned_of(tmp_path):
    with pytest.warns(UserWarning, match=r"have only 2\d\d of 10000 rows"):
        problem = of_labels(tmp_path, skewed("skewed"))
    assert 200 <= len(problem.test[1]) < 300


def test_no_logarithm_is_advised_of_what_has_none(tmp_path):
    labels = skewed("typo")
    labels[0] = -1
    with pytest.raises(ValueError, match=r"Mend a mistyped number, or split"):
        of_labels(tmp_path, labels)


def test_a_mistyped_number_is_none_of_the_others(tmp_path):
    labels = [0] * 600 + skewed("typo", 400)
    with pytest.raises(
        ValueError, match=r"600 have a target of 0; .* mistyped"
    ):
        of_labels(tmp_path, labels)


@pytest.mark.parametrize("common", [0, 7.5, -3])
def test_rows_with_another_target_than_most_are_held_out(tmp_path, common):
    others = np.random.default_rng(0).lognormal(3, 2, 13)
    labels = np.random.default_rng(1).permutation([*others, *[common] * 387])
    message = (
        rf"t\.csv: 387 of 400 rows have a target of {common}\. .* each has "
        "24 rows, of which 4 have another target"
    )
    with pytest.warns(UserWarning, match=message):
        problem = of_labels(tmp_path, labels)
    for _, y in (problem.val, problem.test):
        assert (len(y), np.sum(y != common)) == (24, 4)
    assert len(problem.train[1]) == 352
    assert np.sum(problem.train[1] != common) == 5


def test_others_are_held_out_of_few_rows_too(tmp_path):
    with pytest.warns(UserWarning, match="2 rows, of which 1 have another"):
        problem = of_labels(tmp_path, [0] * 10 + [1.5, 9, 30, 55, 90])
    assert (problem.test[1] != 0).sum() == 1


def test_a_common_target_with_many_others_is_split_as_any(tmp_path):
    labels = [0] * 600 + list(range(1, 51)) * 8
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        problem = of_labels(tmp_path, labels)
    assert len(set(problem.test[1])) == 51


def test_one_target_with_hardly_any_other_is_refused(tmp_path):
    message = (
        "only 1 of 400 rows, as 398 have a target of 0; it goes from 0 to 90. "
        "Give at least 3 rows with another target, or split the rows yourself"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        of_labels(tmp_path, [0] * 398 + [5.5, 90])


def whole_numbers(kind):
    """Fewer rows than bins of one whole number each."""
    rng = np.random.default_rng(0)
    if kind == "drawn":
        return rng.integers(0, 200, 100)
    if kind == "half are 0":
        return [*[0] * 50, *range(1, 200, 4)]
    return rng.permutation(int(kind))


@pytest.mark.parametrize("kind", ["100", "200", "drawn", "half are 0"])
def test_wider_bins_are_split_where_rows_are_fewer_than_bins(tmp_path, kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        problem = of_labels(tmp_path, labels := whole_numbers(kind))
    wide = np.linspace(0, problem.task.bins.high, 11)
    for _, y in (problem.val, problem.test):
        assert 0.08 <= len(y) / len(labels) <= 0.1
        assert np.all(np.histogram(y, wide)[0] > 0)
    # Weights and shots are still of the label's own bins.
    assert problem.task.bins.num_groups == round(problem.task.bins.high)


def test_where_no_bin_has_most_rows_no_single_number_is_blamed(tmp_path):
    message = (
        r"have only 2\d\d of 10000 rows, as half of all have a target from "
        r"\S+ to \S+; .*\. Take the logarithm of the target, or split the rows"
    )
    with pytest.warns(UserWarning, match=message) as said:
        of_labels(tmp_path, skewed("skewed"))
    assert "mend" not in str(said[0].message).lower()


@pytest.mark.parametrize("labels", [range(19), [0, 1, 3, 7, 15, 40] * 2])
def test_so_few_rows_have_no_wider_bins(tmp_path, labels):
    with pytest.raises(ValueError, match="at least 3 rows of about the same"):
        of_labels(tmp_path, labels)
