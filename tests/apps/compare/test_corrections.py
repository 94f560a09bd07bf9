"""What corrections of a trained routing are worth, over data sets."""

import numpy as np
import pytest

from apps.common.results import read_json_lines
from apps.compare.corrections import TRAINED
from apps.compare.corrections import _table
from apps.compare.corrections import main
from apps.compare.shift_predictions import shift_predictions
from tests.apps.compare.made_up import write_prices

pytestmark = pytest.mark.one_backend


def made(dataset, seed, method="groupdir", **errors):
    rows = {
        kind.replace("_", " "): {
            "mae": {"all": e, "many": e, "median": None, "few": e / 2}
        }
        for kind, e in errors.items()
    }
    return {
        "dataset": dataset,
        "method": method,
        "seed": seed,
        "rows": rows,
    }


def cells(text, kind, method="groupdir"):
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    (row,) = [one for one in table if one[:2] == [method, kind]]
    return dict(zip(table[0], row, strict=True))


def test_the_table_has_changes_of_means_over_seeds():
    lines = [
        made("x", 0, as_trained=1.0, EM=1.0),
        made("x", 1, as_trained=3.0, EM=1.0),
        # Half the error there, and twice the error here.
        made("y", 0, as_trained=1.0, EM=2.0),
    ]
    row = cells(_table(lines), "EM")
    assert row["all (%)"].startswith("+0.0 [")
    assert row["median (%)"] == "-"
    assert row["few: better / worse"] == "1 / 1"
    assert cells(_table(lines), TRAINED)["all (%)"] == "-"


def test_the_note_says_what_is_missing_and_over_what_means_are():
    line = made("x", 0, as_trained=1.0, EM=1.0)
    lines = [line | {"data": "a"}, line | {"data": "b"}]
    text = _table([*lines, {"seed": 1, "dataset": "x", "diverged": True}])
    assert "means over the seeds [0] and over 2 splits of each." in text
    assert "1 run diverged, left out." in text
    assert "could not be fitted" not in text
    few = "9 samples, where 100 are needed"
    text = _table([line | {"not_fitted": few}])
    assert f"weights by validation could not be fitted: x: {few}." in text
    assert "diverged" not in text


def test_every_row_is_beside_a_plain_regression_too():
    lines = [
        made("x", 0, as_trained=1.0, EM=3.0),
        made("x", 0, method="vanilla", as_trained=2.0, shifted=1.0),
        # There is none of the plain one.
        made("y", 0, as_trained=1.0, EM=9.0),
    ]
    text = _table(lines)
    assert cells(text, TRAINED)["all, from vanilla (%)"] == "-50.0"
    assert cells(text, "EM")["few, from vanilla (%)"] == "+50.0"
    shifted = cells(text, "shifted", "vanilla")
    assert shifted["all (%)"] == shifted["all, from vanilla (%)"] == "-50.0"
    assert cells(text, TRAINED, "vanilla")["few, from vanilla (%)"] == "-"


def test_predictions_are_shifted_as_those_like_them_were_off():
    held_out = np.repeat(np.arange(8.0), 5)
    # Half too low at first, half too high at last, with one that is far off.
    labels = held_out + np.repeat(np.linspace(0.5, -0.5, 8), 5)
    labels[::5] += 100
    found = shift_predictions(np.array([-3.0, 0.0, 3.5, 9.0]), held_out, labels)
    np.testing.assert_allclose(found, [-2.5, 0.5, 3.5, 8.5])
    alone = shift_predictions(np.array([1.0]), np.zeros(1), np.ones(1))
    assert alone.tolist() == [2.0]
    # A constant is moved by the median of all.
    same = shift_predictions(np.zeros(2), np.zeros(40), np.arange(40.0))
    assert same.tolist() == [19.5, 19.5]


def test_it_trains_corrects_and_goes_on_where_it_was(tmp_path, capsys):
    table = write_prices(tmp_path / "prices.csv")
    flags = [str(table), "--epochs=2", f"--output={tmp_path}", "--seeds=0"]
    flags += ["--methods", "groupdir", "vanilla"]
    text = main(flags)
    assert capsys.readouterr().out.count(": done") == 2
    line, plain = read_json_lines(tmp_path / "corrections.jsonl")
    assert list(plain["rows"]) == [TRAINED, "shifted by validation"]
    errors = [row["mae"]["all"] for row in plain["rows"].values()]
    assert errors[0] != errors[1]
    assert list(line["rows"]) == [
        TRAINED,
        "weights by validation",
        "tau by validation",
        "temperature by validation",
        "both by validation",
        "tau 0.5",
        "tau 1",
        "EM, inputs alone",
    ]
    rows = {kind: row["mae"]["all"] for kind, row in line["rows"].items()}
    assert all(0 < error < np.inf for error in rows.values())
    assert rows["tau 1"] != rows[TRAINED]
    for kind, chosen in line["chosen"].items():
        # Nothing is corrected if nothing was chosen, and only then.
        assert (rows[kind] == rows[TRAINED]) == (chosen == [0.0, 1.0])
    assert line["chosen"]["tau by validation"][1] == 1
    assert line["chosen"]["temperature by validation"][0] == 0
    assert main(flags) == text
    assert ": done" not in capsys.readouterr().out
