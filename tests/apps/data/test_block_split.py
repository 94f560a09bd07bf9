"""Rows that are split by blocks of neighbours."""

import numpy as np
import pytest

from apps.data.block_split import block_split
from apps.data.csv_file import csv_problem
from tests.apps.data.made_up import write_prices


@pytest.mark.parametrize("num_rows", [20, 47, 1000])
def test_every_row_is_somewhere_once(num_rows):
    split = block_split(num_rows, 0)
    rows = np.concatenate(list(split.values()))
    assert sorted(rows) == list(range(num_rows))
    for name in ("val", "test"):
        assert len(split[name]) == pytest.approx(num_rows / 10, abs=2)
        assert (np.diff(split[name]) > 0).all()


def test_neighbours_are_together_but_at_the_ends_of_blocks():
    split = block_split(1000, 0)
    place = np.empty(1000, "U5")
    for name, rows in split.items():
        place[rows] = name
    # Four blocks are held out, each with two ends at most.
    assert 4 <= (place[1:] != place[:-1]).sum() <= 8
    starts = np.flatnonzero(place[1:] != place[:-1]) + 1
    assert (starts % 50 == 0).all()


def test_the_draw_is_that_of_the_seed():
    first, again, other = (block_split(200, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first["test"], again["test"])
    assert (first["test"] != other["test"]).any()


def test_too_few_rows_are_refused(tmp_path):
    with pytest.raises(ValueError, match="`num_rows` must be at least 20"):
        block_split(19, 0)
    path = write_prices(tmp_path / "t.csv", 19)
    with pytest.raises(ValueError, match=r"t\.csv must have at least 20 rows"):
        csv_problem(path, split_by="blocks")


def test_a_table_split_by_blocks_says_so_and_is_other_data(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{row % 7},{row}" for row in range(200)]
    path.write_text("\n".join(["y,row", *rows]) + "\n")
    problem = csv_problem(str(path), split_by="blocks")
    assert problem.name == "t, y, split by blocks"
    expected = block_split(200, 0)
    for name in ("train", "val", "test"):
        x, _ = getattr(problem, name)
        np.testing.assert_array_equal(x[:, 0], expected[name])
    assert problem.digest != csv_problem(str(path)).digest


def test_fewer_rows_are_drawn_once_and_in_order(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{row % 7},{row}" for row in range(200)]
    path.write_text("\n".join(["y,row", *rows]) + "\n")
    problem = csv_problem(str(path), split_by="blocks", max_rows=100)
    assert problem.name == "t, y, 100 of 200 rows, split by blocks"
    x = np.concatenate([problem.train[0], problem.val[0], problem.test[0]])
    assert len(set(x[:, 0])) == 100
    for part in (problem.train, problem.val, problem.test):
        assert (np.diff(part[0][:, 0]) > 0).all()
    again = csv_problem(str(path), split_by="blocks", max_rows=100)
    assert again.digest == problem.digest
    other = csv_problem(str(path), split_by="blocks", split_seed=3)
    assert other.name == "t, y, split by blocks, split 3"
    first = csv_problem(str(path), split_by="blocks", split_seed=0)
    assert first.digest == csv_problem(str(path), split_by="blocks").digest
    assert other.digest != first.digest
    whole = csv_problem(str(path), max_rows=200)
    assert whole.name == "t, y"
    assert whole.digest == csv_problem(str(path)).digest
    assert csv_problem(str(path), max_rows=100).digest != whole.digest


def test_blocks_that_leave_one_label_to_train_on_are_refused(tmp_path):
    split = block_split(20, 0)
    labels = np.zeros(20)
    labels[split["test"]] = 1
    path = tmp_path / "t.csv"
    path.write_text(
        "y,a\n" + "".join(f"{y},{i}\n" for i, y in enumerate(labels))
    )
    with pytest.raises(ValueError, match="different values of the target in"):
        csv_problem(str(path), split_by="blocks")


@pytest.mark.parametrize(
    "wrong", [{"split_by": "blocks"}, {"max_rows": 9}, {"split_seed": 0}]
)
def test_files_that_are_split_are_not_split_again(tmp_path, wrong):
    for part in ("train", "val", "test"):
        write_prices(tmp_path / f"t_{part}.csv")
    with pytest.raises(ValueError, match="`split`, `split_seed` and"):
        csv_problem(str(tmp_path / "t"), **wrong)


def test_an_unknown_split_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`split` must be one of 'random'"):
        csv_problem(write_prices(tmp_path / "t.csv"), split_by="time")
