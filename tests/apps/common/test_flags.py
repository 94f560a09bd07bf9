import argparse

import pytest

from apps.common.flags import add_run_flags
from apps.common.flags import check_settings
from apps.common.flags import given
from apps.common.flags import of_training

pytestmark = pytest.mark.no_backend


def parsed(*argv):
    parser = argparse.ArgumentParser()
    add_run_flags(parser, "the method")
    return parser.parse_args(argv)


@pytest.mark.parametrize(
    ("text", "message"), [("{", "not JSON"), ("[1]", "not a JSON object")]
)
def test_settings_that_are_no_json_object_are_refused(text, message, capsys):
    with pytest.raises(SystemExit):
        parsed("--settings", text)
    assert message in capsys.readouterr().err


def test_flags_that_were_not_given_set_nothing():
    assert given(parsed()) == {}
    arguments = parsed("--epochs=3", "--learning-rate=0.1")
    assert given(arguments) == {"epochs": 3, "learning_rate": 0.1}


def test_settings_of_the_training_are_told_from_the_recipes():
    settings = {"epochs": 3, "num_groups": 20, "schedule": "constant"}
    assert of_training(settings) == {"epochs": 3, "schedule": "constant"}
    check_settings("groupdir", settings)


def test_a_way_to_weigh_is_no_weight():
    check_settings("groupdir", {"reweight": "sqrt_inverse"})
    for name in ("weight_decay", "group_weight"):
        with pytest.raises(ValueError, match=f"`{name}` must be at least 0"):
            check_settings("groupdir", {name: -1})


def test_one_seed_or_several():
    parser = argparse.ArgumentParser()
    add_run_flags(parser, "the method", several=True)
    assert parser.parse_args([]).seeds == [0]
    assert parser.parse_args(["--seeds", "3", "1"]).seeds == [3, 1]
    assert parsed("--seed=3").seed == 3


@pytest.mark.parametrize(
    ("method", "settings", "message"),
    [
        ("groupdir", {"num_group": 20}, "must be those of the recipe"),
        ("vanilla", {"num_groups": 20}, "must be those of the recipe"),
        ("vanilla", {"epochs": 0}, "`epochs` must be a whole number"),
    ],
)
def test_settings_that_nothing_has_are_refused(method, settings, message):
    with pytest.raises(ValueError, match=message):
        check_settings(method, settings)
