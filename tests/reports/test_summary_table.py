"""What the summary of several data sets says, and its picture."""

import re

import pytest

pytest.importorskip("scipy")
pytest.importorskip("matplotlib")

from PIL import Image

from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import summarize
from keras_groupdir.reports import draw_critical_difference
from keras_groupdir.reports import summary_table
from tests.apps.compare.made_up import line
from tests.apps.compare.test_report import cells

ERRORS = {"vanilla": 1.0, "bmc": 0.9, "sqinv": 1.1}


def comparison(dataset, errors=ERRORS, extra=()):
    named = {"dataset": dataset, "data": dataset}
    lines = [
        line(name, seed, error * (1 + seed / 50), **named)
        for name, error in errors.items()
        for seed in range(3)
    ]
    return Comparison.from_lines([*lines, *(one | named for one in extra)])


def rows_of(text, heading):
    """Rows by method, without the marks of notes."""
    return {one["method"].rstrip(" ¹²"): one for one in cells(text, heading)}


def summary(sets=7, **changes):
    return summarize([comparison(f"set {i}") for i in range(sets)], **changes)


def test_the_first_table_has_ranks_changes_and_counts():
    text = summary_table(summary())
    assert "**BMC** has the least mean rank: 1.00, of 3 methods on 7" in text
    assert "from VANILLA is -10.0 [-10.0, -10.0] %: 7 wins, 0 ties" in text
    bmc, vanilla, sqinv = cells(text, "Methods over 7 data sets")
    assert [bmc["mean rank"], vanilla["mean rank"]] == ["1.00", "2.00"]
    assert bmc["all: change (%)"] == "-10.0 [-10.0, -10.0]"
    assert bmc["all: median"] == "-10.0"
    assert bmc["all: win / tie / loss"] == "7 / 0 / 0"
    assert sqinv["all: better / worse"] == "0 / 7"
    # 2 / 2^7, and twice that after Holm.
    assert bmc["p"] == "0.016 *"
    assert bmc["best epoch last"] == "0 of 21 runs"
    assert vanilla["all: change (%)"] == "-"


def test_methods_that_share_the_first_rank_are_all_named():
    other = {**ERRORS, "vanilla": 0.8, "bmc": 1.0}
    sets = [comparison("set 0"), comparison("set 1", other)]
    text = summary_table(summarize(sets))
    found = re.search(
        r"\*\*(.+)\*\* have the least mean rank: 1.50, of 3", text
    )
    assert sorted(found[1].split("** and **")) == ["BMC", "VANILLA"]


def test_rivals_and_data_sets_have_tables():
    text = summary_table(summary(sets=2))
    rows = rows_of(text, "Not worse by more")
    less = "2 of 2; -10.0 [-10.0, -10.0]"
    assert rows["BMC"]["than VANILLA"] == less
    assert rows["BMC"]["than the best single rival"] == f"{less} (VANILLA)"
    assert rows["SQINV"]["than the best rival"].startswith("0 of 2; +22.2 [")
    assert rows["SQINV"]["than the best density weights"] == "-"
    by_set = rows_of(text, "Change from VANILLA")
    assert by_set["VANILLA"]["set 0"] == "error 1.02"
    assert by_set["BMC"]["set 1"].startswith("**-10.0 ± ")
    sets = cells(text, "Data sets")
    assert sets[0]["rarest"] == "few (74)"
    assert sets[0]["best by validation of all"] == "BMC"
    assert sets[0]["best by validation of density weights"] == "SQINV"
    assert "best by validation of all is at -10.0 [-10.0, -10.0] %" in text
    assert "no result but a bound, at -10.0 [-10.0, -10.0] %" in text


def test_too_few_data_sets_to_tell_apart_are_said():
    text = summary_table(summary(sets=3))
    assert (
        "With 2 tests on 3 data sets the least that a corrected p could be is "
        "0.5" in text
    )
    assert "With 3 tests on 3 data sets the least that a corrected p" in text
    assert (
        "so none can be told"
        not in summary_table(summary(sets=7)).split("Of all")[0]
    )


def test_what_is_missing_is_said():
    failed = line("smoter", 0, None) | {"error": "no | rows"}
    given = [comparison("x", extra=[failed, line("gai", 0, 1.0)])]
    given += [comparison(name) for name in "yz"]
    text = summary_table(summarize(given))
    assert "- SMOTER was not run on y, z" in text
    assert r"- SMOTER on x: cannot run: no \| rows" in text
    assert "- GAI on x: no run of seed 1 2" in text
    assert "not run on each of the ranked data sets: GAI, SMOTER." in text
    assert "What is missing" not in summary_table(summary())


def test_under_trained_runs_are_said():
    last = [line("gai", seed, 0.8, best_epoch=8) for seed in range(2)]
    text = summary_table(summarize([comparison("x", extra=last)]))
    (gai,) = (
        one
        for one in cells(text, "Methods over 1")
        if one["method"][:3] == "GAI"
    )
    assert gai["best epoch last"] == "2 of 2 runs"
    assert "2 of 11 runs had the best epoch as the last one" in text


def test_without_vanilla_or_ranks_there_is_still_a_table():
    text = summary_table(summarize([comparison("x", {"bmc": 1.0})]))
    assert "no ranks" in text
    assert "There is no finished run of vanilla to compare with" in text


def test_references_are_said():
    name = "hist_gradient_boosting"
    extra = [line(name, 0, 0.1, reference=True, title="Trees (reference)")]
    text = summary_table(summarize([comparison("x", extra=extra)]))
    rows = cells(text, "Methods over 1 data set")
    assert rows[-1]["method"] == "Trees (reference)"
    assert rows[-1]["mean rank"] == "-"
    assert "References are no recipes" in text


@pytest.mark.parametrize(("sets", "methods"), [(1, 2), (9, 14)])
def test_ranks_are_drawn(tmp_path, sets, methods):
    errors = {"vanilla": 1.0} | {
        f"groupdir {i}": 1 + i / 10 for i in range(1, methods)
    }
    given = [comparison(f"set {i}", errors) for i in range(sets)]
    draw_critical_difference(summarize(given), tmp_path / "a" / "ranks.png")
    with Image.open(tmp_path / "a" / "ranks.png") as picture:
        assert picture.size[0] > 1000
        assert picture.size[1] > 25 * methods


def test_without_ranks_nothing_is_drawn(tmp_path):
    one = summarize([comparison("x", {"bmc": 1.0})])
    draw_critical_difference(one, tmp_path / "ranks.png")
    assert not list(tmp_path.iterdir())
