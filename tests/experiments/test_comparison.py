"""What a comparison makes of lines of results."""

import pytest

from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import validation_error
from tests.apps.compare.made_up import line
from tests.apps.compare.made_up import row


def balanced(seed, error, corrected=None):
    """A seed for which validation chose a correction, or none."""
    rows = {"mixture": row(error)}
    if corrected is not None:
        rows["balanced"] = row(corrected)
    return line(
        "groupdir_balanced",
        seed,
        error,
        rows=rows,
        routing="mixture" if corrected is None else "balanced",
    )


def test_each_seed_is_judged_by_its_own_prediction():
    lines = [balanced(0, 1.0, 0.5), balanced(1, 0.8), balanced(2, 1.2, 0.9)]
    (method,) = Comparison.from_lines(lines).methods
    assert method.errors("mse", "all") == {0: 0.5, 1: 0.8, 2: 0.9}
    assert method.errors("mse", "all", "mixture") == {0: 1.0, 1: 0.8, 2: 1.2}
    assert method.errors("mse", "all", "balanced") == {0: 0.5, 2: 0.9}
    assert method.routing == "balanced / mixture"
    assert method.routings == ["mixture", "balanced"]


def test_validation_judges_what_it_has_corrected():
    lines = [balanced(0, 1.0, 0.5), balanced(1, 0.8)]
    (method,) = Comparison.from_lines(lines).methods
    assert method.validation_error == pytest.approx((0.5 + 0.8) / 2)


def test_a_run_without_validation_has_the_error_of_its_best_epoch():
    one = balanced(0, 1.0, 0.5)
    del one["val"]
    assert validation_error(one) == 1.0


def test_methods_that_settings_make_the_same_are_told_apart():
    titles = {"bmc": "A", "gai": "A", "bni": "B"}
    lines = [line(name, 0, 1.0, title=title) for name, title in titles.items()]
    methods = Comparison.from_lines(lines).methods
    assert {one.title for one in methods} == {"A (bmc)", "A (gai)", "B"}


def settings_of(*runs):
    """Those of the method, of runs by settings, seed and validation error."""
    lines = [
        line("gai", seed, 1.0, settings=settings) | {"best_error": error}
        for settings, seed, error in runs
    ]
    (method,) = Comparison.from_lines(lines).methods
    return method.settings


def test_of_several_settings_those_that_are_best_on_validation_count():
    first, second = {"sigma": 1.0}, {"sigma": 2.0}
    better = [(first, 0, 0.5), (first, 1, 0.6)]
    worse = [(second, 0, 0.7), (second, 1, 0.8)]
    assert settings_of(*better, *worse) == first
    assert settings_of(*worse, *better) == first
    # By the seeds that both have.
    assert settings_of(*worse, (second, 2, 0.1), *better) == first
    assert settings_of((second, 0, 0.4), *better) == second
    # Those that share none cannot be compared.
    assert settings_of(*better, (second, 2, 0.9)) == second


def test_what_diverged_is_not_the_best():
    lost = line("gai", 0, None, settings={"sigma": 1.0})
    found = line("gai", 0, 2.0, settings={"sigma": 2.0})
    for lines in ([lost, found], [found, lost]):
        (method,) = Comparison.from_lines(lines).methods
        assert method.settings == {"sigma": 2.0}
