"""Tables have three figures or so in whatever unit labels are."""

import copy

import pytest

pytest.importorskip("scipy")

from apps.common.tables import mean_and_spread
from apps.compare.sections.routings import routings
from apps.compare.sections.search import search
from keras_groupdir.experiments import Change
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import OverSets
from keras_groupdir.experiments import summarize
from keras_groupdir.reports import change_cell
from keras_groupdir.reports import digits_for
from keras_groupdir.reports import errors_table
from keras_groupdir.reports import mean_cell
from keras_groupdir.reports import over_sets_cell
from keras_groupdir.reports import summary_table
from tests.apps.compare.made_up import group_line
from tests.apps.compare.made_up import line
from tests.apps.compare.test_report import cells

pytestmark = pytest.mark.no_backend
SCALED = ("mse", "mae", "geometric_mean")


def in_unit(one, scale):
    """A line whose labels are counted in another unit."""
    one = copy.deepcopy(one) | {"best_error": one["best_error"] * scale}
    for metrics in one["test"]["rows"].values():
        for metric in SCALED:
            metrics[metric] = {k: v * scale for k, v in metrics[metric].items()}
    # The same table, as `line` makes it.
    return one | {"val": one["test"]}


def comparison(scale):
    lines = [line("vanilla", seed, 1.0 + seed / 10) for seed in range(3)]
    lines += [group_line("groupdir", s, 0.8 + s / 20) for s in range(3)]
    return Comparison.from_lines([in_unit(one, scale) for one in lines])


@pytest.mark.parametrize(
    ("scale", "error", "best"),
    [
        (1, "0.850 ± 0.124", "0.850"),
        (1000, "850.0 ± 124.2", "850.0"),
        (1e-2, "0.00850 ± 0.00124", "0.00850"),
        (1e-6, "8.50e-07 ± 1.24e-07", "8.50e-07"),
        (1e20, "8.50e+19 ± 1.24e+19", "8.50e+19"),
    ],
)
def test_errors_have_three_figures(scale, error, best):
    found = comparison(scale)
    text = errors_table(found)
    own, _ = cells(text, "Test errors")
    assert own["MSE all"] == error
    assert own["validation MSE"] == best
    assert own["Pearson all"] == "0.787 ± 0.031"
    assert f", {best}), rank 1 of 2" in text
    *_, mixture, _ = cells(routings(found), "Routings")
    assert mixture["MSE all"] == error
    tried = cells(search(found), "Settings")[0]["validation MSE"]
    assert float(tried) == pytest.approx(0.8 * scale, rel=1e-6)


def test_digits_below_a_hundredth_are_those_of_three_figures():
    sizes = [0.01, 0.00999, 1.2e-6, 0.0]
    assert [digits_for([one]) for one in sizes] == [3, 5, 8, 3]
    assert digits_for([]) == 3
    assert mean_cell([1.2e-4], digits_for([1.2e-4])) == "0.000120 ± -"
    assert mean_and_spread([1e-9, 3e-9], 11) == "2.00e-09 ± 1.41e-09"


def test_enormous_changes_are_short():
    assert change_cell(Change(1e48, 2e47, 0.5)) == "+1.0e+48 ± 2.0e+47"
    found = OverSets(7e24, -100.0, float("inf"), 5e47, 0, 2, 0, 1, 1)
    assert over_sets_cell(found) == "+7.0e+24 [-100.0, +inf]"


def test_a_summary_takes_an_enormous_ratio():
    def one(dataset, scale):
        named = {"dataset": dataset, "data": dataset}
        other = in_unit(line("inv", 0, 1.0, **named), scale)
        return Comparison.from_lines([line("vanilla", 0, 1.0, **named), other])

    text = summary_table(summarize([one("a", 1e70), one("b", 1.0)]))
    inv = cells(text, "Methods over 2")[1]
    assert inv["all: change (%)"] == "+1.0e+37 [-100.0, +inf]"
    assert inv["all: median"] == "+5.0e+71"


def test_small_p_values_of_pairs_are_no_zeros():
    errors = {"vanilla": 1.0, "bmc": 0.9, "sqinv": 1.1}
    given = [
        Comparison.from_lines(
            line(name, 0, error, dataset=f"set {i}", data=f"set {i}")
            for name, error in errors.items()
        )
        for i in range(14)
    ]
    text = summary_table(summarize(given))
    assert "BMC before VANILLA (p <0.001)" in text
    assert "p <0.001). By Nemenyi's" in text
    assert "0.000)" not in text
