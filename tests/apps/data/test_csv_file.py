"""Tables of the user's."""

import re
from dataclasses import replace

import numpy as np
import pytest

from apps.data.csv_columns import Columns
from apps.data.csv_file import csv_problem
from keras_groupdir.experiments import Budget
from tests.apps.data.made_up import write_prices

pytestmark = pytest.mark.no_backend


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def table(tmp_path):
    return write_prices(tmp_path / "prices.csv")


def test_the_first_column_is_the_target_and_text_is_one_hot(tmp_path):
    path = write(
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


def test_numbers_that_are_missing_are_the_median_and_say_so(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("y,a,b\n1,,NA\n2,5,NA\n3,1,NA\n4,3,NA\n5,NaN,NA\n")
    columns = Columns([file])
    np.testing.assert_array_equal(
        columns.features(["a"]), [[3, 1], [5, 0], [1, 0], [3, 0], [3, 1]]
    )
    # Where nothing is known it is one word like any other.
    np.testing.assert_array_equal(columns.features(["b"]), np.ones((5, 1)))
    for name in ("a", "b"):
        with pytest.raises(ValueError, match=f"column '{name}' must be known"):
            columns.labels(name)


def test_an_empty_cell_at_the_end_is_no_short_row(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("y,a\n1,2\n2,\n")
    np.testing.assert_array_equal(
        Columns([file]).features(["a"]), [[2, 0], [2, 1]]
    )


def test_names_of_missing_values_are_text_like_any_other(tmp_path):
    lines = ["y,kind", *(f"{row % 3},NA" for row in range(9)), "1,None"]
    x = np.concatenate(
        [
            part[0]
            for problem in [csv_problem(write(tmp_path / "t.csv", *lines))]
            for part in (problem.train, problem.val, problem.test)
        ]
    )
    assert x.sum(axis=0).tolist() == [9, 1]


def test_any_column_can_be_the_target(table):
    problem = csv_problem(table, "size")
    x, y = problem.train
    np.testing.assert_allclose(x[:, 0], 2 * y + 0.5, atol=0.01)
    with pytest.raises(ValueError, match="`target` must be one of 'price', "):
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
        (["y,a", "1,inf"], "column 'a' must be finite"),
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
        (["y,a", "1,2", "1,3"], "different values.*'y', which is 1 in every"),
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
    path = write(tmp_path / "t.csv", *lines)
    with pytest.raises(ValueError, match=message):
        csv_problem(path)


@pytest.mark.parametrize("cell", ["?", '"1,5"', "n/a"])
def test_a_number_that_is_none_makes_no_categories(tmp_path, cell):
    lines = ["y,a", *(f"{row % 4},{row % 4}" for row in range(20)), f"1,{cell}"]
    with pytest.raises(
        ValueError,
        match=rf"line 22, column 'a' must be a number, as most .*"
        rf"{re.escape(cell.strip(chr(34)))}",
    ):
        csv_problem(write(tmp_path / "t.csv", *lines))


def test_a_column_of_decimal_commas_makes_no_categories(tmp_path):
    lines = ["y,a", *(f'{row % 4},"{row % 4},5"' for row in range(20))]
    with pytest.raises(ValueError, match=r"line 2, .* must be a number.*'0,5'"):
        csv_problem(write(tmp_path / "t.csv", *lines))


def test_some_numbers_among_categories_are_categories(tmp_path):
    kinds = ["3", "4", "more"] * 10
    lines = ["y,a", *(f"{i % 4},{kind}" for i, kind in enumerate(kinds))]
    lines += [f"{i % 4},none" for i in range(11)]
    problem = csv_problem(write(tmp_path / "t.csv", *lines))
    assert problem.train[0].shape[1] == 4


@pytest.mark.parametrize("row", [1, 5, 19])
def test_a_quote_that_is_not_closed_loses_no_rows(tmp_path, row):
    lines = ["y,a", *(f"{i % 4},red" for i in range(20))]
    lines[row] = '1,"red'
    with pytest.raises(ValueError, match=r"t\.csv must .* every quote closed"):
        csv_problem(write(tmp_path / "t.csv", *lines))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"y,a\n1,\xff\n")
    with pytest.raises(ValueError, match="must be comma-separated text"):
        csv_problem(str(path))


@pytest.fixture
def parts(tmp_path):
    """Three files; a kind is only in the last one."""
    write(tmp_path / "t_train.csv", "y,kind,a", "1,p,1", "2,q,2", "3,p,3")
    write(tmp_path / "t_val.csv", "y,kind,a", "7,p,4")
    write(tmp_path / "t_test.csv", "y,kind,a", "0,r,5", "9,q,6")
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
    write(path, *rows, last[:-1] + "?")
    message = rf"t_{split}\.csv, line {line}, .*'a'"
    with pytest.raises(ValueError, match=message):
        csv_problem(str(parts / "t"))


def test_three_files_have_the_same_columns(parts):
    write(parts / "t_val.csv", "y,a,kind", "7,4,p")
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
    problem = csv_problem(write(tmp_path / "t.csv", "y,a", *rows))
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
    write(path, *rows, changed)
    assert csv_problem(str(parts / "t")).digest != before


def skewed(kind, count=10_000):
    rng = np.random.default_rng(0)
    if kind == "typo":
        return [*rng.uniform(0, 1000, count - 1), 1e12]
    return rng.lognormal(10, 3.0 if kind == "very skewed" else 1.0, count)


@pytest.mark.parametrize("kind", ["typo", "very skewed"])
def test_too_few_rows_held_out_are_refused_with_what_to_do(tmp_path, kind):
    rows = [f"{label},{row}" for row, label in enumerate(skewed(kind))]
    with pytest.raises(
        ValueError, match=r"t\.csv: .* of 10000 rows.* logarithm"
    ):
        csv_problem(write(tmp_path / "t.csv", "y,a", *rows))


def test_few_rows_held_out_are_warned_of(tmp_path):
    rows = [f"{label},{row}" for row, label in enumerate(skewed("skewed"))]
    with pytest.warns(UserWarning, match=r"have only 2\d\d of 10000 rows"):
        problem = csv_problem(write(tmp_path / "t.csv", "y,a", *rows))
    assert 200 <= len(problem.test[1]) < 300


def test_a_first_row_is_no_header(tmp_path):
    path = write(tmp_path / "t.csv", "25.391,0.3,-0.1,u", "3.1,0.2,0.4,v")
    with pytest.raises(ValueError, match=r"t\.csv must begin with a row of"):
        csv_problem(path)


def test_a_feature_that_float32_cannot_square_is_named(tmp_path):
    lines = ["y,a", *(f"{row % 4},{row}" for row in range(20)), "1,1e300"]
    with pytest.raises(
        ValueError, match=r"line 22, column 'a' must be .*1e300"
    ):
        csv_problem(write(tmp_path / "t.csv", *lines))
