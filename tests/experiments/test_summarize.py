"""Comparisons on several data sets become one summary."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import best_rival
from keras_groupdir.experiments import change
from keras_groupdir.experiments import is_weighted
from keras_groupdir.experiments import over_choices
from keras_groupdir.experiments import over_sets
from keras_groupdir.experiments import single_rival
from keras_groupdir.experiments import summarize
from keras_groupdir.recipes import RECIPES
from tests.apps.compare.made_up import group_line
from tests.apps.compare.made_up import line

METHODS = {
    "vanilla": 1.0,
    "sqinv": 0.97,
    "dense_weight": 1.02,
    "ranksim": 0.99,
    "groupdir": 0.9,
    "groupdir_lds": 0.8,
}


def lines_of(dataset, seed=0, methods=METHODS, seeds=range(3)):
    rng = np.random.default_rng(seed)
    return [
        (group_line if name.startswith("groupdir") else line)(
            name,
            number,
            mean + 0.01 * rng.normal(),
            dataset=dataset,
            data=dataset,
        )
        for name, mean in methods.items()
        for number in seeds
    ]


def comparisons(*changed):
    """Three data sets, of the first the given lines in place of others."""
    lines = [lines_of(name, seed) for seed, name in enumerate("xyz")]
    keys = {(one["method"], one["seed"]) for one in changed}
    kept = [x for x in lines[0] if (x["method"], x["seed"]) not in keys]
    lines[0] = [*kept, *changed]
    return [Comparison.from_lines(one) for one in lines]


def by_name(summary):
    return {one.name: one for one in summary.methods}


def of_x(name, seed, error, **changes):
    return line(name, seed, error, dataset="x", data="x", **changes)


def test_changes_are_those_of_each_data_set():
    given = comparisons()
    found = by_name(summarize(given))
    for one in given:
        methods = {method.name: method for method in one.methods}
        for name in METHODS.keys() - {"vanilla"}:
            result = found[name].results[one.dataset]
            for subset, own in (("all", result.overall), ("few", result.rare)):
                expected = change(
                    methods[name].errors("mse", subset),
                    methods["vanilla"].errors("mse", subset),
                )
                assert own == expected
    assert found["vanilla"].overall is None
    assert found["groupdir"].overall.wins == 3
    assert found["groupdir"].overall.percent == pytest.approx(-10, abs=1.5)


def test_the_best_mean_rank_comes_first():
    summary = summarize(comparisons())
    assert [one.name for one in summary.methods][:2] == [
        "groupdir_lds",
        "groupdir",
    ]
    assert list(summary.ranks.means) == [one.name for one in summary.methods]
    assert len(summary.pairs) == 15


def test_few_shot_or_the_rarest_that_there_is():
    lines = lines_of("x")
    for one in lines:
        table = one["test"]
        table["counts"] = {**table["counts"], "few": 0}
        for metrics in table["rows"].values():
            for values in metrics.values():
                values["few"] = None
    (dataset,) = summarize([Comparison.from_lines(lines)]).datasets
    assert dataset.rare == "median"
    assert summarize(comparisons()).datasets[0].rare == "few"


def test_rivals_are_chosen_by_validation_and_not_by_test():
    # On the test set the worst, on the validation set the best.
    worst = [of_x("ranksim", s, 2.0) | {"best_error": 0.1} for s in range(3)]
    summary = summarize(comparisons(*worst))
    found = by_name(summary)
    for name in ("vanilla", "sqinv", "groupdir"):
        assert found[name].results["x"].rivals["best"].name == "ranksim"
        assert found[name].results["y"].rivals["best"].name != "ranksim"
    chosen = summary.datasets[0].chosen
    assert chosen == {"any": "ranksim", "rival": "ranksim", "weighted": "sqinv"}


def test_the_single_rival_is_chosen_over_all_data_sets():
    # The best on one data set by far, but on the others one of the worst.
    once = [of_x("ranksim", s, 2.0) | {"best_error": 0.97} for s in range(3)]
    assert single_rival(comparisons(*once), "groupdir") == "sqinv"
    often = [x | {"best_error": 0.5} for x in once]
    assert single_rival(comparisons(*often), "groupdir") == "ranksim"
    assert single_rival(comparisons(*often), "ranksim") == "groupdir_lds"
    # A rival that is missing somewhere is no choice for all.
    alone = [of_x("bmc", s, 0.1) for s in range(3)]
    assert single_rival(comparisons(*alone), "groupdir") == "sqinv"


def test_changes_from_a_rival_have_a_mean():
    summary = summarize(comparisons())
    groupdir = by_name(summary)["groupdir"]
    changes = [one.rivals["single"].change for one in groupdir.results.values()]
    assert groupdir.over_rivals("single") == over_sets(changes)
    assert groupdir.over_rivals("single").percent == pytest.approx(-7, abs=2)


def test_choosing_by_validation_is_bounded_by_the_test_errors():
    # Of the first data set the worst by test is the best by validation.
    worst = [of_x("ranksim", s, 2.0) | {"best_error": 0.1} for s in range(3)]
    summary = summarize(comparisons(*worst))
    results = {
        name: [result.error for result in one.results.values()]
        for name, one in by_name(summary).items()
    }
    ours = results["groupdir_lds"]
    for by_test, chosen in ((False, [2.0, *ours[1:]]), (True, ours)):
        found = over_choices(summary, by_test)
        ratios = np.divide(chosen, results["vanilla"])
        mean = 100 * np.expm1(np.mean(np.log(ratios)))
        assert found.percent == pytest.approx(mean)
        assert found.better == np.sum(ratios < 1)
    # A reference may be better than all, and is no choice.
    trees = [of_x("trees", s, 0.1) | {"reference": True} for s in range(3)]
    assert over_choices(summarize(comparisons(*trees)), True) == over_choices(
        summarize(comparisons()), True
    )
    alone = Comparison.from_lines(lines_of("x", methods={"sqinv": 1.0}))
    assert over_choices(summarize([alone])) is None


def test_nobody_is_a_rival_of_its_own():
    found = by_name(summarize(comparisons()))
    for dataset in "xyz":
        rivals = {
            name: {k: v.name for k, v in one.results[dataset].rivals.items()}
            for name, one in found.items()
        }
        # Other recipes of the family have less error, and do not count.
        expected = {
            "against": "vanilla",
            "single": "sqinv",
            "best": "sqinv",
            "weighted": "sqinv",
        }
        assert rivals["groupdir"] == rivals["groupdir_lds"] == expected
        assert rivals["sqinv"]["weighted"] == "dense_weight"
        assert rivals["sqinv"]["best"] == "groupdir_lds"
        assert "against" not in rivals["vanilla"]


def test_weighted_are_plain_regressions_with_weights():
    found = {name for name in RECIPES if is_weighted(name)}
    expected = {"inv", "inv_lds", "sqinv", "sqinv_lds", "dense_weight"}
    assert found >= expected
    assert not found & {"vanilla", "lds_fds", "vir", "focal_r_lds", "rrt_lds"}
    assert not any(name.startswith("groupdir") for name in found)
    assert not is_weighted("hist_gradient_boosting_sqinv")


@pytest.mark.parametrize(("margin", "expected"), [(2.0, 0), (4.9, 0), (6, 3)])
def test_not_worse_is_where_the_interval_ends(margin, expected):
    lines = []
    for dataset in "xyz":
        for seed, base in enumerate((1.0, 1.1, 1.2)):
            named = {"dataset": dataset, "data": dataset}
            lines.append(line("vanilla", seed, base, **named))
            # 4% worse, to 5% or so.
            error = base + 0.044 + 0.005 * (seed - 1)
            lines.append(line("bmc", seed, error, **named))
    parts = [[x for x in lines if x["dataset"] == name] for name in "xyz"]
    given = [Comparison.from_lines(part) for part in parts]
    summary = summarize(given, margin=margin)
    bmc = by_name(summary)["bmc"]
    upper = bmc.results["x"].overall.upper
    assert 4.9 < upper < 6
    assert bmc.not_worse("against", margin) == (expected, 3)
    assert bmc.not_worse("weighted", margin) == (0, 0)


def test_one_seed_decides_nothing():
    given = [Comparison.from_lines(lines_of(n, seeds=[0])) for n in "xy"]
    groupdir = by_name(summarize(given))["groupdir"]
    assert groupdir.not_worse("against", 2.0) == (0, 0)
    over = groupdir.overall
    assert (over.wins, over.ties, over.losses, over.better) == (0, 2, 0, 2)


def test_what_diverged_or_failed_is_last_and_said():
    lines = [of_x("sqinv", seed, None) for seed in range(3)]
    lines += [of_x("ranksim", 0, None) | {"error": "no rows"}]
    lines += [of_x("dense_weight", 2, None)]
    summary = summarize(comparisons(*lines))
    found = by_name(summary)
    sqinv = found["sqinv"].results["x"]
    assert (sqinv.error, sqinv.overall, sqinv.rivals) == (None, None, {})
    assert sqinv.issue == "3 of 3 runs diverged"
    assert summary.ranks.by_method["sqinv"][0] == 6
    assert found["ranksim"].results["x"].issue == "cannot run: no rows"
    assert found["dense_weight"].results["x"].issue == "1 of 3 runs diverged"
    assert (found["sqinv"].num_runs, found["sqinv"].num_lost) == (6, 3)
    assert found["groupdir"].results["x"].rivals["weighted"].name == (
        "dense_weight"
    )


def test_missing_seeds_are_said():
    given = comparisons()
    extra = [of_x("bmc", 5, 1.0)]
    given[0] = Comparison.from_lines([*lines_of("x"), *extra])
    found = by_name(summarize(given))
    assert found["vanilla"].results["x"].issue == "no run of seed 5"
    assert found["bmc"].results["x"].overall is None
    assert "y" not in found["bmc"].results


def test_runs_whose_best_epoch_is_the_last_are_counted():
    lines = [of_x("sqinv", s, 0.97, best_epoch=8 if s else 7) for s in range(3)]
    found = by_name(summarize(comparisons(*lines)))
    assert (found["sqinv"].num_last, found["sqinv"].num_runs) == (2, 9)
    assert found["vanilla"].num_last == 0


def test_references_have_no_rank_and_are_no_rivals():
    name = "hist_gradient_boosting"
    given = [
        Comparison.from_lines(
            [
                *lines_of(dataset),
                *(
                    line(name, s, 0.1, dataset=dataset, data=dataset)
                    | {"reference": True}
                    for s in range(3)
                ),
            ]
        )
        for dataset in "xy"
    ]
    summary = summarize(given)
    assert name not in summary.ranks.means
    assert summary.methods[-1].name == name
    assert summary.methods[-1].overall.percent == pytest.approx(-90, abs=1)
    assert all(name not in (p.one, p.other) for p in summary.pairs)
    assert best_rival(given[0], "vanilla").name == "groupdir_lds"


def test_another_method_can_be_compared_with():
    found = by_name(summarize(comparisons(), against="sqinv"))
    assert found["sqinv"].overall is None
    assert found["vanilla"].overall.worse == 3
    # Not there yet.
    assert summarize(comparisons(), against="bmc").methods[0].overall is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"comparisons": []}, "`comparisons` must be a list of at least one"),
        ({"comparisons": [Comparison([])]}, "Comparison with runs"),
        ({"comparisons": [3]}, "`comparisons` must be a list"),
        ({"against": "vanila"}, "`against` must be one of 'groupdir_lds'"),
        ({"margin": -1}, "`margin` must"),
        ({"margin": float("nan")}, "`margin` must"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        summarize(**{"comparisons": comparisons(), **arguments})


def test_a_data_set_counts_once():
    given = comparisons()
    with pytest.raises(ValueError, match=r"different data sets.*\['x', 'x'\]"):
        summarize([given[0], given[0]])


def test_twins_of_another_data_set_are_told_apart():
    lines = {
        name: [
            line(method, 0, 1.0, dataset=name, title=title)
            for method, title in titles.items()
        ]
        for name, titles in {
            "one": {"vanilla": "V", "bmc": "A"},
            "two": {"vanilla": "V", "bmc": "A", "gai": "A"},
        }.items()
    }
    made = summarize([Comparison.from_lines(one) for one in lines.values()])
    titles = {one.name: one.title for one in made.methods}
    assert titles == {"vanilla": "V", "bmc": "A (bmc)", "gai": "A (gai)"}
