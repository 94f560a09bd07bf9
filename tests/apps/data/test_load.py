"""Problems by the name of the command line."""

import argparse

import pytest

from apps.data.load import add_data_flags
from apps.data.load import check_data_flags
from apps.data.load import load_problem
from tests.apps.data.made_up import write_prices


def parsed(*argv):
    parser = argparse.ArgumentParser()
    add_data_flags(parser)
    return parser.parse_args(argv)


def test_diamonds_are_found_by_name():
    pytest.importorskip("plotnine")
    problem = load_problem(parsed("diamonds"))
    x, y = problem.train
    assert x.shape == (len(y), 9) == (len(problem.task.labels), 9)
    assert problem.encoder(0).output_shape == (None, 128)
    assert problem.unit == "dollars"
    assert len(problem.val[1]) == len(problem.test[1])


def test_a_path_is_a_table(tmp_path):
    table = write_prices(tmp_path / "prices.csv")
    assert load_problem(parsed(table)).name == "prices, price"
    problem = load_problem(parsed(table, "--target=size", "--epochs=3"))
    assert problem.name == "prices, size"
    assert problem.budget.epochs == 3


def test_an_unknown_name_is_refused_with_what_there_is():
    with pytest.raises(
        ValueError, match=r"one of diamonds, molecules, .*CSV.*: 'diamond'"
    ):
        load_problem(parsed("diamond"))


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["diamonds", "--glove=x"], r"`--glove` is not for diamonds.*none"),
        (
            ["sts_b_dir", "--target=x"],
            "`--target` is not for sts_b_dir, .* --data-dir and --glove.*'x'",
        ),
        (["utkface_dir", "--glove=x"], "which takes --data-dir"),
        (["t.csv", "--data-dir=x"], r"not for t\.csv, which takes --target"),
    ],
)
def test_flags_of_other_data_sets_are_refused(argv, message):
    with pytest.raises(ValueError, match=message):
        check_data_flags(parsed(*argv))
