"""Made-up lines with known numbers become the tables that they should."""

import math

import pytest

pytest.importorskip("scipy")
pytest.importorskip("plotnine")

from PIL import Image
from scipy import stats

from apps.compare.comparison import metric_of
from apps.compare.comparison import read_comparison
from apps.compare.printed import PRINTED
from apps.compare.printed import RECIPES_OF
from apps.compare.report import report
from apps.compare.sections.routings import routings
from apps.compare.statistics import change
from apps.compare.statistics import holm
from apps.compare.statistics import interval
from keras_groupdir.recipes import RECIPES
from tests.apps.compare.made_up import group_line
from tests.apps.compare.made_up import line
from tests.apps.compare.made_up import row
from tests.apps.compare.made_up import write

# 97.5% of Student's t with 2 degrees of freedom, from a printed table.
T2 = 4.303
VANILLA = (0.95, 1.00, 1.05)
BMC = (0.90, 0.94, 1.02)
GROUPDIR = (0.80, 0.82, 0.87)


def some_lines():
    """Three methods, the second of the order first."""
    lines = [line("vanilla", s, e) for s, e in enumerate(VANILLA)]
    lines += [line("bmc", s, e) for s, e in enumerate(BMC)]
    return lines + [
        group_line("groupdir", s, e) for s, e in enumerate(GROUPDIR)
    ]


def cells(text, heading):
    """Rows of the table under a heading, by column."""
    part = text.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in text_row.split("|")[1:-1]]
        for text_row in part.splitlines()
        if text_row.startswith("| ")
    ]
    return [dict(zip(rows[0], one, strict=True)) for one in rows[2:]]


def main_rows(folder):
    return {one["method"]: one for one in cells(report(folder), "Test errors")}


def test_interval_is_students():
    found = interval([1.0, 2.0, 4.0])
    assert found.mean == pytest.approx(7 / 3)
    deviation = math.sqrt((16 / 9 + 1 / 9 + 25 / 9) / 2)
    assert found.half == pytest.approx(T2 * deviation / math.sqrt(3), rel=1e-4)


def test_paired_change_is_scipys():
    ours, theirs = dict(enumerate(BMC)), dict(enumerate(VANILLA))
    found = change(ours, theirs)
    test = stats.ttest_rel(BMC, VANILLA)
    assert found.p == pytest.approx(test.pvalue)
    assert found.percent == pytest.approx(100 * (2.86 - 3) / 3)
    ends = test.confidence_interval(0.95)
    assert found.half == pytest.approx(100 * (ends.high - ends.low) / 2)


def test_interval_without_zero_is_a_small_p():
    for shift in (0.01, 0.02, 0.03, 0.05, 0.08):
        ours = {s: e - shift + 0.01 * s for s, e in enumerate(VANILLA)}
        found = change(ours, dict(enumerate(VANILLA)))
        assert found.excludes_zero == (found.p < 0.05)


def test_only_seeds_of_both_are_paired():
    found = change({0: 2.0, 1: 3.0, 7: 90.0}, {0: 1.0, 1: 1.0, 2: 50.0})
    assert found.percent == pytest.approx(150)
    assert change({0: 1.0}, {1: 1.0}) is None


def test_the_same_difference_for_each_seed_has_no_p():
    assert change({0: 1.0, 1: 1.0}, {0: 2.0, 1: 2.0}).p is None


def test_holm_is_the_textbooks():
    # 4 x 0.005, 3 x 0.01, then 2 x 0.03 which the last may not fall below.
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    expected = {"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06}
    assert found == pytest.approx(expected)
    assert holm({"a": 0.7, "b": 0.9}) == {"a": 1.0, "b": 1.0}


def test_methods_stand_by_their_own_error_and_never_by_the_oracle(tmp_path):
    lines = some_lines()
    # Its oracle and hard routing would be first and last.
    lines += [group_line("group_ce", s, 0.97, oracle=0.2) for s in range(3)]
    write(tmp_path, lines)
    rows = main_rows(tmp_path)
    ranks = {name: one["rank"] for name, one in rows.items()}
    assert ranks == {
        "GROUPDIR": "1",
        "BMC": "2",
        "GROUP_CE": "3",
        "VANILLA": "4",
    }
    assert rows["GROUP_CE"]["MSE all"] == "0.970 ± 0.000"
    assert "oracle" not in str(rows)


def test_cells_of_the_main_table(tmp_path):
    write(tmp_path, some_lines())
    one = main_rows(tmp_path)["GROUPDIR"]
    half = T2 * math.sqrt((0.03**2 + 0.01**2 + 0.04**2) / 2 / 3)
    assert one["routing"] == "mixture"
    assert one["seeds"] == "0 1 2"
    assert one["MSE all"] == f"0.830 ± {half:.3f}"
    assert one["MSE many"] == f"0.730 ± {half:.3f}"
    assert one["MSE few"] == f"1.330 ± {half:.3f}"
    assert one["Pearson all"] == f"{1 - 0.83 / 4:.3f} ± {half / 4:.3f}"
    assert one["change all (%)"].startswith("-17.0 ± ")
    assert one["change few (%)"].startswith("-11.3 ± ")
    p = stats.ttest_rel(GROUPDIR, VANILLA).pvalue
    assert one["p all"] == f"{p:.3f} *"
    assert one["seconds"] == "11"


def test_a_mark_is_of_the_corrected_p(tmp_path):
    lines = some_lines()
    assert 0.025 < stats.ttest_rel(BMC, VANILLA).pvalue < 0.05
    write(tmp_path, lines)
    assert "*" in main_rows(tmp_path)["BMC"]["p all"]
    # Being the larger of two p values, it counted once; it counts twice now.
    more = [line("gai", s, e) for s, e in enumerate((0.99, 0.97, 1.06))]
    write(tmp_path, more)
    assert "*" not in main_rows(tmp_path)["BMC"]["p all"]


def test_diverged_runs_are_said_and_leave_no_interval(tmp_path):
    lines = some_lines()
    lines += [line("gai", 0, 1.2), line("gai", 1, None), line("gai", 2, None)]
    lines += [line("der", seed, None) for seed in range(3)]
    write(tmp_path, lines)
    rows = main_rows(tmp_path)
    assert rows["GAI"]["seeds"] == "0; diverged: 1 2"
    assert rows["GAI"]["MSE all"] == "1.200 ± -"
    assert rows["GAI"]["change all (%)"] == "+26.3 ± -"
    assert rows["GAI"]["p all"] == "-"
    assert (rows["DER"]["rank"], rows["DER"]["MSE all"]) == ("-", "-")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "5 runs of 15 diverged" in text


def test_missing_seeds_are_said(tmp_path):
    lines = [*some_lines(), line("gai", 0, 1.2), line("gai", 2, 1.35)]
    write(tmp_path, lines)
    one = main_rows(tmp_path)["GAI"]
    assert one["seeds"] == "0 2"
    # Against the 0.95 and 1.05 of the same seeds.
    assert one["change all (%)"].startswith("+27.5 ± ")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "Not every method has every seed" in text


def test_without_vanilla_there_is_no_change(tmp_path):
    write(tmp_path, [x for x in some_lines() if x["method"] != "vanilla"])
    assert main_rows(tmp_path)["BMC"]["change all (%)"] == "-"
    assert not (tmp_path / "gain.png").exists()


def test_a_subset_without_samples_is_a_dash(tmp_path):
    lines = some_lines()
    for one in lines:
        for table in (one["val"], one["test"]):
            for metrics in table["rows"].values():
                for values in metrics.values():
                    values["few"] = None
    write(tmp_path, lines)
    one = main_rows(tmp_path)["BMC"]
    assert (one["MSE few"], one["change few (%)"], one["p few"]) == ("-",) * 3


def test_routings_of_group_methods(tmp_path):
    write(tmp_path, some_lines())
    rows = cells(report(tmp_path), "Routings")
    assert [(one["routing"], one["MSE all"][:5]) for one in rows] == [
        ("hard", "1.130"),
        ("soft", "0.930"),
        ("**mixture**, its own", "0.830"),
        ("*oracle: no result*", "0.200"),
    ]
    assert rows[0]["group accuracy"] == "0.300 ± 0.000"


def test_without_group_methods_there_are_no_routings(tmp_path):
    write(tmp_path, [line("vanilla", 0, 1.0)])
    assert routings(read_comparison(tmp_path)) == ""


def test_tries_are_no_results_and_choose_the_settings(tmp_path):
    lines = some_lines()
    searched = {"sigma": 4.0}
    lines += [
        line("gai", 0, 0.7, kind="try"),
        line("gai", 0, None, kind="try", settings={"learning_rate": 0.1}),
        line("gai", 0, 0.6, kind="try", settings=searched),
        # Of an earlier search, which had not tried as much.
        line("gai", 0, 0.1),
        *(line("gai", seed, 0.99, settings=searched) for seed in range(3)),
    ]
    write(tmp_path, lines)
    assert main_rows(tmp_path)["GAI"]["MSE all"] == "0.990 ± 0.000"
    rows = cells(report(tmp_path), "Settings")
    found = [
        (one["settings"], one["validation MSE"], one["chosen"])
        for one in rows
        if one["method"] == "GAI"
    ]
    assert found == [
        ("as published", "0.700", ""),
        ("learning_rate 0.1", "diverged", ""),
        ("sigma 4", "0.600", "yes"),
    ]


def test_the_head_says_how_it_was_done(tmp_path):
    write(tmp_path, some_lines())
    text = report(tmp_path)
    assert "test samples: 1000 (756 many, 170 median, 74 few)" in text
    assert "epochs 8, patience 4, learning rate 0.003" in text
    assert "seeds: 0 1 2" in text
    assert "not the same for all" not in text


def test_a_budget_of_its_own_is_said(tmp_path):
    longer = {"epochs": 80, "patience": 4, "learning_rate": 0.003}
    write(tmp_path, [*some_lines(), line("gai", 0, 1.0, training=longer)])
    assert "epochs: 8 for groupdir, bmc, vanilla; 80 for gai" in report(
        tmp_path
    )


def test_the_last_budget_of_a_method_counts(tmp_path):
    longer = {"epochs": 80, "patience": 4, "learning_rate": 0.003}
    write(tmp_path, [line("gai", 0, 1.0), line("gai", 0, 0.9, training=longer)])
    assert main_rows(tmp_path)["GAI"]["MSE all"] == "0.900 ± -"


def test_a_seed_twice_or_two_data_sets_are_refused(tmp_path):
    write(tmp_path, [line("gai", 0, 1.0), line("gai", 0, 0.9)])
    with pytest.raises(ValueError, match="seed 0 twice for gai"):
        report(tmp_path)
    write(tmp_path, [line("bmc", 0, 1.0, dataset="diamonds")])
    with pytest.raises(ValueError, match=r"one data set.*STS-B-DIR.*diamonds"):
        report(tmp_path)


def test_lines_of_another_kind_do_not_count(tmp_path):
    other = {"kind": "group_numbers", "dataset": "diamonds"}
    write(tmp_path, [*some_lines(), group_line("groupdir", 0, 0.1, **other)])
    assert main_rows(tmp_path)["GROUPDIR"]["MSE all"].startswith("0.830")


def test_a_folder_without_runs_is_said(tmp_path):
    write(tmp_path, [line("gai", 0, 1.0, kind="try")])
    assert "no finished runs" in report(tmp_path)


def test_old_lines_show_their_metric_by_its_value():
    old = line("vanilla", 0, 0.9)
    del old["metric"]
    assert metric_of(old) == "mse"
    old["best_error"] = old["val"]["rows"]["model"]["mae"]["all"]
    assert metric_of(old) == "mae"


def test_what_is_written_is_what_is_returned_and_nothing_is_left(tmp_path):
    write(tmp_path, some_lines())
    text = report(tmp_path)
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == text
    assert not [*tmp_path.glob(".*")]
    for name in ("errors.png", "gain.png"):
        with Image.open(tmp_path / name) as picture:
            assert min(picture.size) > 300


def test_every_method_can_be_drawn(tmp_path):
    lines = [line("vanilla", s, 1.0 + s / 50) for s in range(3)]
    for place, name in enumerate(sorted(RECIPES.keys() - {"vanilla"})):
        # One far off, which may not squeeze the others.
        error = 50.0 if name == "smoter" else 0.9 + place / 100
        lines += [line(name, s, error + s / 70) for s in range(2)]
    write(tmp_path, lines)
    report(tmp_path)
    with Image.open(tmp_path / "errors.png") as picture:
        assert picture.size[1] > 25 * len(RECIPES)


def test_printed_rows_come_of_their_shots_but_those_of_the_audit():
    impossible = {
        (name, title)
        for name, table in PRINTED.items()
        for title in table.rows
        if not table.is_possible(title)
    }
    assert impossible == {
        *(("AgeDB-DIR", t) for t in ("SMOTER", "FOCAL-R", "Con-R", "VIR")),
        ("IMDB-WIKI-DIR", "VIR"),
        ("IMDB-WIKI-DIR", "SQINV + LDS"),
        ("IMDB-WIKI-DIR", "SMOGN + LDS"),
        ("STS-B-DIR", "VIR"),
    }


@pytest.mark.parametrize("name", ["AgeDB-DIR", "STS-B-DIR"])
def test_the_others_do_so_to_a_hundredth(name):
    table = PRINTED[name]
    # A typing error in a row would show here. Two of the paper's rows are off
    # by 0.02, which rounding does not explain either.
    loose = {"VAE", "DER"} if name == "AgeDB-DIR" else set()
    for title in table.rows:
        if table.is_possible(title):
            gap = table.implied_overall(title) - table.errors(title)["all"]
            assert abs(gap) < (0.025 if title in loose else 0.01), title


@pytest.mark.parametrize(
    ("name", "title", "implied"),
    [
        ("AgeDB-DIR", "SMOTER", 8.02),
        ("AgeDB-DIR", "Con-R", 7.07),
        ("AgeDB-DIR", "VIR", 6.85),
        ("AgeDB-DIR", "FOCAL-R", 7.69),
        ("STS-B-DIR", "VIR", 0.812),
        ("IMDB-WIKI-DIR", "VIR", 7.13),
    ],
)
def test_implied_overall_is_the_audits(name, title, implied):
    found = PRINTED[name].implied_overall(title)
    assert round(found, PRINTED[name].digits) == implied


def test_printed_names_are_recipes():
    titles = {title for table in PRINTED.values() for title in table.rows}
    assert titles == set(RECIPES_OF)
    for title, names in RECIPES_OF.items():
        for name in names:
            assert RECIPES[name]().title == title or title == "Ours"


def test_the_paper_stands_beside_ours(tmp_path):
    lines = some_lines()
    lines += [line("groupdir_hard", s, 0.9, routing="model") for s in range(3)]
    lines += [line("smogn", s, 1.2) for s in range(3)]
    write(tmp_path, lines)
    text = report(tmp_path)
    rows = cells(text, "Table 3 of the paper")
    ours = [one for one in rows if one["the paper's method"] == "Ours"]
    assert [one["ours"] for one in ours] == ["GROUPDIR_HARD", "GROUPDIR"]
    # 0.887 is 8.9% below the 0.974 of the paper's vanilla.
    assert ours[0]["MSE all"] == "0.887 / 0.900"
    assert ours[0]["change all (%)"] == "-8.9 / -10.0"
    assert ours[0]["Pearson all"] == f"0.774 / {1 - 0.9 / 4:.3f}"
    by_name = {one["the paper's method"]: one for one in rows}
    assert by_name["VIR †"]["MSE all"] == "0.892 / -"
    assert by_name["VANILLA"]["change all (%)"] == "-"
    # The order of vanilla, SMOGN and "Ours" is the same: 2, 3, 1.
    assert "over 3 methods: +1.00 (all)" in text


def test_data_that_the_paper_has_not_gets_no_such_table(tmp_path):
    write(tmp_path, [line("vanilla", 0, 1.0, printed=None)])
    assert "of the paper" not in report(tmp_path)


def test_large_errors_have_few_digits(tmp_path):
    rows = {"model": row(412.25)}
    write(tmp_path, [line("vanilla", 0, 412.25, rows=rows)])
    assert main_rows(tmp_path)["VANILLA"]["MSE all"] == "412.2 ± -"
    assert main_rows(tmp_path)["VANILLA"]["seconds"] == "10"
