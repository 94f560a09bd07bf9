"""Numbers that are not known."""

import numpy as np
import pytest

from apps.data.csv_file import csv_problem
from apps.data.fill_missing import fill_missing
from tests.apps.data.made_up import write_lines

pytestmark = pytest.mark.no_backend

NAN = np.nan


def test_what_is_missing_is_the_median_of_training_rows_and_says_so():
    x = fill_missing(
        np.array([[1, 4], [3, 5], [NAN, 6], [90, 7], [NAN, 8.0]]),
        train=np.array([0, 1, 2]),
    )
    np.testing.assert_array_equal(
        x, [[1, 0, 4], [3, 0, 5], [2, 1, 6], [90, 0, 7], [2, 1, 8]]
    )


def test_what_no_training_row_misses_has_no_column_of_its_own():
    x = fill_missing(np.array([[1], [5], [NAN]]), train=np.array([0, 1]))
    np.testing.assert_array_equal(x, [[1], [5], [3]])


def test_what_no_training_row_knows_is_constant():
    x = fill_missing(np.array([[NAN], [NAN], [3]]), train=np.array([0, 1]))
    np.testing.assert_array_equal(x, np.ones((3, 1)))


def test_medians_of_three_files_are_those_of_the_train_file(tmp_path):
    write_lines(tmp_path / "t_train.csv", "y,a", "1,1", "2,2", "3,3", "4,")
    write_lines(tmp_path / "t_val.csv", "y,a", "1,100", "2,200", "3,300")
    write_lines(tmp_path / "t_test.csv", "y,a", "1,1000", "2,")
    problem = csv_problem(str(tmp_path / "t"))
    np.testing.assert_array_equal(problem.train[0][3], [2, 1])
    np.testing.assert_array_equal(problem.test[0], [[1000, 0], [2, 1]])


@pytest.mark.parametrize("split_by", ["random", "blocks"])
def test_medians_of_one_file_are_those_of_rows_to_train_on(tmp_path, split_by):
    rows = [f"{i % 5},{i * i if i % 3 else ''}" for i in range(100)]
    path = write_lines(tmp_path / "t.csv", "y,a", *rows)
    problem = csv_problem(path, split_by=split_by, max_rows=90)
    a, is_missing = problem.train[0].T
    median = np.median(a[is_missing == 0])
    for x, _ in (problem.train, problem.val, problem.test):
        assert set(x[x[:, 1] == 1, 0]) == {median}
