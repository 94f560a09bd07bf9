"""Coverage and width of intervals over data sets."""

import json

import pytest

from apps.common.results import read_json_lines
from apps.compare.intervals import _table
from apps.compare.intervals import main
from tests.apps.compare.made_up import write_prices

pytestmark = pytest.mark.one_backend


def made(dataset, method, coverage, mean_width, seed=0):
    def row(times):
        width = None if mean_width is None else times * mean_width
        held = {"all": 0.9, "many": 0.9, "median": None, "few": coverage}
        wide = {"all": width, "many": 1, "median": None, "few": width}
        return {"coverage": held, "mean_width": wide}

    return {
        "dataset": dataset,
        "method": method,
        "seed": seed,
        "rows": {
            "own": row(1),
            "calibrated": row(2),
            "ranges": row(0.5),
            "interpolated": row(0.4),
        },
    }


def cells(text, method, kind):
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    (row,) = [one for one in table if one[:2] == [method, kind]]
    return dict(zip(table[0], row, strict=True))


def test_the_table_is_of_means_over_seeds_then_data_sets():
    lines = [
        made("one", "der", 0.5, 2.0),
        made("two", "der", 0.9, 1.0),
        made("one", "groupdir", 0.8, 1.0, seed=0),
        # A mean of .9, though neither seed is near.
        made("one", "groupdir", 1.0, 1.0, seed=1),
        made("two", "groupdir", 0.7, 2.0),
    ]
    row = cells(_table(lines), "groupdir", "own")
    assert row["data sets"] == "2"
    assert row["coverage few"] == "0.800"
    assert row["within 3 points, few"] == "1 of 2"
    assert row["within 3 points, many"] == "2 of 2"
    assert (row["coverage median"], row["within 3 points, median"]) == (
        "-",
        "0 of 0",
    )
    # Many is near in both, few in the first alone.
    assert row["in each of them"] == "1 of 2"
    # The geometric mean of 1 / 2 and 2 / 1.
    assert row["width over der's, few"] == "1.00"
    assert row["over its interval's"] == "0.50"
    ranges = cells(_table(lines), "groupdir", "ranges")
    assert ranges["over its interval's"] == "0.25"
    assert ranges["width over der's, few"] == "1.00"
    assert (
        cells(_table(lines), "groupdir", "interpolated")["over its interval's"]
        == "0.20"
    )


def test_shots_of_a_few_test_labels_are_not_judged():
    enough = {**made("one", "der", 0.9, 1.0), "counts": {"few": 9}}
    rare = {**made("two", "der", 1.0, 1.0), "counts": {"few": 8}}
    text = _table([enough, rare])
    assert "| one | der | 0.900 | - | 0.900 | 0.25 |" in text
    assert "| two | der | 0.900 | - | - | 0.25 |" in text
    row = cells(_table([enough, rare]), "der", "own")
    assert row["coverage few"] == "0.950"
    assert row["within 3 points, few"] == "1 of 1"
    assert row["in each of them"] == "2 of 2"


def test_what_chance_may_do_is_not_clearly_farther():
    lines = [
        # A mean of .97, with .84 to 1.10 around it.
        made("one", "der", 0.91, 1.0, seed=0),
        made("one", "der", 1.0, 1.0, seed=1),
        made("one", "der", 1.0, 1.0, seed=2),
        # A mean of .99, with .98 to 1.00.
        made("two", "der", 0.99, 1.0, seed=0),
        made("two", "der", 0.99, 1.0, seed=1),
        made("two", "der", 0.985, 1.0, seed=2),
    ]
    row = cells(_table(lines), "der", "own")
    assert row["within 3 points, few"] == "0 of 2"
    # Many and few of both.
    assert row["clearly farther, shots"] == "1 of 4"


def test_it_trains_calibrates_and_goes_on_where_it_was(tmp_path, capsys):
    table = write_prices(tmp_path / "prices.csv")
    flags = [str(table), "--epochs=2", f"--output={tmp_path / 'out'}"]
    flags += ["--methods", "der", "groupdir_balanced", "--seeds"]
    main([*flags, "0"])
    first = read_json_lines(tmp_path / "out" / "intervals.jsonl")
    assert capsys.readouterr().out.count(": done") == 2
    main([*flags, "0", "1"])
    assert capsys.readouterr().out.count(": done") == 2
    # Another budget is another run.
    text = main([*flags, "0", "--epochs=1"])
    assert capsys.readouterr().out.count(": done") == 2
    assert "over the seeds [0]" in text
    lines = read_json_lines(tmp_path / "out" / "intervals.jsonl")
    assert lines[:2] == first
    for line in lines:
        for row in line["rows"].values():
            assert 0 <= row["coverage"]["all"] <= 1
            assert row["mean_width"]["all"] > 0
    assert (tmp_path / "out" / "intervals.md").read_text() == text
    assert "| der | calibrated | 1 |" in text
    assert "| der | ranges | 1 |" in text
    assert "| der | interpolated | 1 |" in text
    assert "Shots by count: many > 100, few < 20." in text
    assert json.loads(json.dumps(lines)) == lines


def test_wrong_flags_are_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["none.csv", f"--output={tmp_path}"])
    assert "no file none.csv" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_every_split_of_a_table_is_another_and_counts_once(tmp_path, capsys):
    table = write_prices(tmp_path / "prices.csv")
    flags = [str(table), "--epochs=1", f"--output={tmp_path / 'out'}"]
    flags += ["--methods", "der", "--seeds", "0"]
    main([*flags, "--splits=2"])
    text = main([*flags, "--split-seed=1", "--splits=2"])
    # The second is the first one of the other command.
    assert capsys.readouterr().out.count(": done") == 3
    lines = read_json_lines(tmp_path / "out" / "intervals.jsonl")
    assert len({line["data"] for line in lines}) == 3
    assert {line["dataset"] for line in lines} == {"prices"}
    assert "over 2 splits of each." in text
    assert "| der | calibrated | 1 |" in text


def test_a_shot_that_one_split_lacks_is_of_the_others():
    lines = [
        made("one", "der", 0.8, 1.0),
        {**made("one", "der", 1.0, 1.0), "data": "another"},
        {**made("one", "der", None, None), "data": "a third"},
    ]
    text = _table(lines)
    assert cells(text, "der", "own")["coverage few"] == "0.900"
    assert "3 splits of each." in text
