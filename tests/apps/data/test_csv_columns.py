"""Columns of the user's tables: numbers, categories, what is missing."""

import re

import numpy as np
import pytest

from apps.data.csv_columns import Columns
from apps.data.csv_file import csv_problem
from tests.apps.data.made_up import write_lines

pytestmark = pytest.mark.no_backend

NAN = np.nan


@pytest.fixture
def features(tmp_path):
    """Features of a column of these cells."""

    def features(*cells):
        file = tmp_path / "t.csv"
        write_lines(file, "y,a", *(f'{i},"{c}"' for i, c in enumerate(cells)))
        return Columns([file]).features(["a"])

    return features


def test_numbers_that_are_missing_are_nan(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("y,a,b\n1,,NA\n2,5,NA\n3,1,NA\n4,3,NA\n5,NaN,NA\n")
    columns = Columns([file])
    np.testing.assert_array_equal(
        columns.features(["a"])[:, 0], [NAN, 5, 1, 3, NAN]
    )
    # Where nothing is known it is one word like any other.
    np.testing.assert_array_equal(columns.features(["b"]), np.ones((5, 1)))
    for name in ("a", "b"):
        with pytest.raises(ValueError, match=f"column '{name}' must be known"):
            columns.labels(name)


def test_an_empty_cell_at_the_end_is_no_short_row(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("y,a\n1,2\n2,\n")
    np.testing.assert_array_equal(Columns([file]).features(["a"]), [[2], [NAN]])


def test_names_of_missing_values_are_text_like_any_other(features):
    x = features(*["NA"] * 9, "None")
    assert x.sum(axis=0).tolist() == [9, 1]


@pytest.mark.parametrize(
    "cell", ["?", "1,5", "N/A", "null", "-", "1_000", "\u0663"]
)
def test_a_number_that_is_none_makes_no_categories(features, cell):
    message = (
        r"line 22, column 'a' must be a number, as most of its column is, or "
        rf"an empty cell or NA where .* '{re.escape(cell)}'"
    )
    with pytest.raises(ValueError, match=message):
        features(*range(20), cell)


def test_most_of_a_column_is_most_of_what_is_known(features):
    with pytest.raises(ValueError, match=r"line 35, .* be a number.*'\?'"):
        features(*[""] * 30, 1, 2, 3, "?")


def test_a_column_of_decimal_commas_makes_no_categories(features):
    with pytest.raises(ValueError, match=r"line 2, .* must be a number.*'0,5'"):
        features(*(f"{row},5" for row in range(20)))


def test_some_numbers_among_categories_are_categories(features):
    assert features(*["3", "4", "more"] * 10, *["none"] * 11).shape[1] == 4


@pytest.mark.parametrize(
    "values",
    [
        ("10_20", "20_30"),
        ("1_000", "2_000"),
        ("\u0661", "\u0662"),  # 1 and 2 in Arabic
        ("Infinity", "Nexus"),
        ("-inf", "inf"),
        ("NAN", "bread"),
        ("1e999", "a", "b"),
    ],
)
def test_what_only_python_takes_for_a_number_is_a_category(features, values):
    x = features(*values * 3)
    np.testing.assert_array_equal(x, np.tile(np.eye(len(values)), (3, 1)))


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999"])
def test_infinity_among_numbers_is_refused(tmp_path, features, cell):
    for cells in ((1, 2, cell), (1, cell, cell)):
        with pytest.raises(ValueError, match=rf"'a' must be finite.*'{cell}'"):
            features(*cells)
    with pytest.raises(ValueError, match=rf"'y' must be finite.*'{cell}'"):
        csv_problem(write_lines(tmp_path / "t.csv", "y,a", "1,2", f"{cell},3"))


@pytest.mark.parametrize("cell", ["1_000", "\u0661", "?"])
def test_a_target_that_is_no_number_is_refused(tmp_path, cell):
    path = write_lines(tmp_path / "t.csv", "y,a", "1,2", f"{cell},3")
    message = rf"line 3, column 'y' must be a number\. .*'{re.escape(cell)}'"
    with pytest.raises(ValueError, match=message):
        csv_problem(path)


def test_a_feature_that_float32_cannot_square_is_named(features):
    with pytest.raises(
        ValueError, match=r"line 22, column 'a' must be .*1e300"
    ):
        features(*range(20), "1e300")
