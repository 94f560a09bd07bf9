"""Tables of the user's."""

import re
from dataclasses import replace

import numpy as np
import pytest

from apps.data.csv_file import csv_problem
from keras_groupdir.experiments import Budget
from tests.apps.data.made_up import write_lines
from tests.apps.data.made_up import write_prices

pytestmark = pytest.mark.no_backend


@pytest.fixture
def table(tmp_path):
    return write_prices(tmp_path / "prices.csv")


def test_the_first_column_is_the_target_and_text_is_one_hot(tmp_path):
    path = write_lines(
        tmp_path / "t.csv",
        'price, "color, outside" ,size',
        "1.5,red,3",
        '2,"blue",1e1',
        "",
        "4.5, red,-2",
    ).removesuffix(".csv")
    for split in ("train", "val", "test"):
        (tmp_path / f"t_{split}.csv").write_text(
            (tmp_path / "t.csv").read_text()
        )
    problem = csv_problem(path)
    x, y = problem.train
    # Blue, red, size.
    np.testing.assert_array_equal(x, [[0, 1, 3], [1, 0, 10], [0, 1, -2]])
    np.testing.assert_array_equal(y, [1.5, 2, 4.5])
    assert (problem.name, problem.unit) == ("t, price", "price")


def test_any_column_can_be_the_target(table):
    problem = csv_problem(table, "size")
    x, y = problem.train
    np.testing.assert_allclose(x[:, 0], 2 * y + 0.5, atol=0.01)
    with pytest.raises(
        ValueError, match=r"prices\.csv: `target` must be one of 'price', "
    ):
        csv_problem(table, "sizes")


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path, table):
    path = tmp_path / "bom.csv"
    text = (tmp_path / "prices.csv").read_text()
    path.write_text(text, encoding="utf-8-sig")
    assert csv_problem(str(path)).unit == "price"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["y,a", "1,2", ",3"], r"t\.csv, line 3, column 'y' must be known"),
        (["y,a", "NaN,2", "2,3"], r"t\.csv, line 2, column 'y' must .* 'NaN'"),
        (["y,a", "1,1e999"], "column 'a' must be finite"),
        (["y,a", "1,2", "x,2"], r"line 3, column 'y' must be a number.*'x'"),
        (["y,a", "1,2", "2"], r"t\.csv, line 3 must have 2 cells.*: 1"),
        (["y,a", "1,2", "2,3,4"], r"t\.csv must .* one length.* line 3, saw 3"),
        (["y,a", "1,2,3", "2,3,4"], r"t\.csv must .* line 2, saw 3"),
        (["y,y", "1,2"], "two different column names"),
        ([",y", "1,2"], "two different column names"),
        (["y", "1"], "two different column names"),
        (["1,2", "3,4"], "two different column names"),
        ([""], "two different column names"),
        (["y,a"], "must have rows below its header"),
        (["y,a", "1,2", "1,3"], r"t\.csv, column 'y' must have dif.*: 1 in"),
        (["y,a", "1,2", "2,3"], "at least 3 rows .*: 2 rows"),
        (["y,a", "1,2", "4e38,3"], r"line 3, column 'y' .* float32 .*'4e38'"),
        (["y,a", "-4e38,2", "1,3"], r"line 2, column 'y' .* float32 .*'-4e38'"),
        (
            ["y,a", *(f"{i},v{i}" for i in range(51))],
            "Column 'a' must be numbers, or text .* 51 values, such as 'v0'",
        ),
        # The same line, whatever stands before it.
        (
            ["y,a", "", '1,"two\nlines"', "  ", ",2"],
            r"line 6, column 'y' must be known",
        ),
    ],
)
def test_a_table_that_does_not_suit_is_refused(tmp_path, lines, message):
    path = write_lines(tmp_path / "t.csv", *lines)
    with pytest.raises(ValueError, match=message):
        csv_problem(path)


@pytest.fixture
def parts(tmp_path):
    """Three files; a kind is only in the last one."""
    write_lines(tmp_path / "t_train.csv", "y,kind,a", "1,p,1", "2,q,2", "3,p,3")
    write_lines(tmp_path / "t_val.csv", "y,kind,a", "7,p,4")
    write_lines(tmp_path / "t_test.csv", "y,kind,a", "0,r,5", "9,q,6")
    return tmp_path


@pytest.mark.parametrize("name", ["t", "t_train.csv"])
def test_three_files_are_the_splits(parts, name):
    problem = csv_problem(str(parts / name))
    x, y = problem.train
    np.testing.assert_array_equal(y, [1, 2, 3])
    np.testing.assert_array_equal(x, [[1, 0, 0, 1], [0, 1, 0, 2], [1, 0, 0, 3]])
    np.testing.assert_array_equal(problem.val[1], [7])
    np.testing.assert_array_equal(problem.test[0][0], [0, 0, 1, 5])
    # The range is that of all of them.
    assert (problem.task.low, problem.task.high) == (0, 10)
    assert problem.name == "t, y"


@pytest.mark.parametrize(
    ("split", "line"), [("train", 4), ("val", 2), ("test", 3)]
)
def test_the_file_of_three_is_named(parts, split, line):
    path = parts / f"t_{split}.csv"
    *rows, last = path.read_text().splitlines()
    write_lines(path, *rows, last[:-1] + "?")
    message = rf"t_{split}\.csv, line {line}, .*'a'"
    with pytest.raises(ValueError, match=message):
        csv_problem(str(parts / "t"))


def test_three_files_have_the_same_columns(parts):
    write_lines(parts / "t_val.csv", "y,a,kind", "7,4,p")
    with pytest.raises(ValueError, match=r"t_val\.csv must have the columns"):
        csv_problem(str(parts / "t"))


def test_a_missing_file_of_three_is_named(parts):
    (parts / "t_val.csv").unlink()
    for name in ("t", "t_train.csv"):
        with pytest.raises(ValueError, match=r"no \S*t_val\.csv\.$"):
            csv_problem(str(parts / name))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"There is no file \S*x\.csv\.$"):
        csv_problem(str(tmp_path / "x.csv"))
    with pytest.raises(ValueError, match=r"x_train\.csv and no \S*x_val\.csv"):
        csv_problem(str(tmp_path / "x"))


def test_a_lone_train_file_is_split_like_any_other(tmp_path):
    path = write_prices(tmp_path / "t_train.csv")
    assert len(csv_problem(path).val[1]) > 0


def test_one_file_is_split_into_balanced_parts(table):
    problem = csv_problem(table)
    labels = [problem.train[1], problem.val[1], problem.test[1]]
    assert sum(map(len, labels)) == 60
    bins = problem.task.bins
    train, val, test = (bins.counts(part) for part in labels)
    np.testing.assert_array_equal(val, test)
    assert val.max() == 1 < train.max()
    again = csv_problem(table)
    np.testing.assert_array_equal(again.val[0], problem.val[0])


@pytest.mark.parametrize(
    ("labels", "edges"),
    [
        ([3, 7, 20], np.arange(3, 22)),
        ([-100, 100], np.arange(-100, 102)),
        ([0, 201], np.linspace(0, 201, 51)),
        ([0.123, 4.567], np.linspace(0.12, 4.57, 51)),
        ([-1234.5, 98765], np.linspace(-1300, 98800, 51)),
        ([-0.0021, 0.0022], np.linspace(-0.0021, 0.0022, 51)),
    ],
)
def test_bins_cover_the_labels_on_a_grid(tmp_path, labels, edges):
    rows = [f"{label!r},{row}" for row, label in enumerate(labels * 6)]
    problem = csv_problem(write_lines(tmp_path / "t.csv", "y,a", *rows))
    bins = problem.task.bins
    np.testing.assert_allclose(bins.edges, edges, rtol=1e-5, atol=1e-8)
    assert bins.assign(labels).tolist()[0] == 0


def test_the_digest_is_of_the_data(tmp_path, table):
    digest = csv_problem(table).digest
    assert re.fullmatch("[0-9a-f]{16}", digest)
    assert csv_problem(table).digest == digest
    longer = replace(csv_problem(table), budget=Budget(epochs=3))
    assert longer.digest == digest
    others = {csv_problem(table, "size").digest}
    for count, scale in ((60, 1000), (61, 1)):
        path = write_prices(tmp_path / "prices.csv", count, scale)
        others.add(csv_problem(path).digest)
    assert len(others | {digest}) == 4


@pytest.mark.parametrize("split", ["train", "val", "test"])
@pytest.mark.parametrize("column", [0, 1])
def test_the_digest_is_of_every_split(parts, split, column):
    before = csv_problem(str(parts / "t")).digest
    path = parts / f"t_{split}.csv"
    *rows, last = path.read_text().splitlines()
    y, kind, a = last.split(",")
    changed = [f"{y}.25,{kind},{a}", f"{y},{kind},{a}.25"][column]
    write_lines(path, *rows, changed)
    assert csv_problem(str(parts / "t")).digest != before


def test_labels_too_near_to_each_other_name_file_and_column(tmp_path):
    rows = [f"{100_000_000 + row / 8},{row}" for row in range(60)]
    path = write_lines(tmp_path / "t.csv", "y,a", *rows)
    message = r"t\.csv, column 'y': `labels` must differ by more than float32"
    with pytest.raises(ValueError, match=message):
        csv_problem(path)


@pytest.mark.parametrize("split", ["val", "test"])
def test_a_file_beside_that_of_the_train_rows_is_no_table_of_its_own(
    parts, split
):
    path = str(parts / f"t_{split}.csv")
    assert csv_problem(path).digest == csv_problem(str(parts / "t")).digest
    assert csv_problem(path).name == "t, y"
    other = {"val": "test", "test": "val"}[split]
    (parts / f"t_{other}.csv").unlink()
    with pytest.raises(ValueError, match=rf"no \S*t_{other}\.csv\.$"):
        csv_problem(path)


def test_a_file_that_merely_ends_in_test_is_a_table_of_its_own(tmp_path):
    path = write_prices(tmp_path / "pre_test.csv")
    write_prices(tmp_path / "pre_val.csv")
    problem = csv_problem(path)
    assert problem.name == "pre_test, price"
    assert len(problem.val[1]) > 0
    with pytest.raises(ValueError, match=r"There is no file \S*x_val\.csv\.$"):
        csv_problem(str(tmp_path / "x_val.csv"))


def test_a_suffix_may_be_in_capitals(parts, tmp_path):
    alone = write_prices(tmp_path / "P.CSV")
    assert csv_problem(alone).name == "P, price"
    for path in list(parts.glob("t_*.csv")):
        path.rename(path.with_suffix(".CSV"))
    for name in ("t", "t_test.CSV"):
        assert csv_problem(str(parts / name)).name == "t, y"
