"""Boosted trees as a reference, in the lines of a comparison."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from apps.compare import boosting
from apps.compare.compare import main
from apps.compare.folder_store import FolderStore
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import runs
from tests.apps.compare.made_up import write_prices
from tests.apps.compare.test_compare import fake_run
from tests.apps.compare.test_compare import lines_of
from tests.apps.compare.test_compare import refuse
from tests.apps.compare.test_compare import usage_error
from tests.experiments.problem import make_encoder
from tests.experiments.problem import make_problem

NAMES = {"hist_gradient_boosting", "hist_gradient_boosting_sqinv"}


@pytest.fixture
def few_trees(monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.setattr(boosting, "MOST_TREES", 30)
    monkeypatch.setattr(boosting, "STEP", 10)


def references(folder, problem, seeds=(0, 1)):
    said = []
    store = FolderStore(folder)
    boosting.run_references(problem, seeds, store, said.append)
    return lines_of(folder), said


@pytest.mark.usefixtures("few_trees")
@pytest.mark.parametrize("error", ["absolute", "squared"])
def test_the_number_of_trees_is_the_validation_sets(tmp_path, error):
    from sklearn.ensemble import HistGradientBoostingRegressor

    problem = make_problem(error=error)
    lines, said = references(tmp_path, problem)
    assert set(lines) == NAMES
    assert len(said) == 4
    (x, y), (x_val, y_val) = problem.train, problem.val
    model = HistGradientBoostingRegressor(
        loss=f"{error}_error",
        max_iter=30,
        early_stopping=False,
        random_state=0,
    ).fit(x, y)
    gaps = [y_val - one for one in model.staged_predict(x_val)]
    errors = [np.mean(g**2 if error == "squared" else abs(g)) for g in gaps]
    for seed, line in enumerate(lines["hist_gradient_boosting"]):
        assert line["seed"] == seed
        assert line["best_error"] == pytest.approx(min(errors), rel=1e-5)
        assert line["best_epoch"] == np.argmin(errors) + 1
        row = line["val"]["rows"]["model"][problem.metric]["all"]
        assert row == pytest.approx(line["best_error"], rel=1e-4)
        assert line["test"]["counts"]["all"] == len(problem.test[1])
    other = lines["hist_gradient_boosting_sqinv"][0]
    assert other["best_error"] != line["best_error"]


@pytest.mark.one_backend
@pytest.mark.usefixtures("few_trees")
def test_they_stand_beside_the_methods(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "run_method", fake_run)
    table = write_prices(tmp_path / "prices.csv")
    flags = [table, "--methods", "vanilla", "--seeds", "0", "1", "--tries=1"]
    flags += ["--references", f"--output={tmp_path / 'out'}"]
    text = main(flags)
    lines = lines_of(tmp_path / "out")
    keys = set(lines["vanilla"][0]) | {"reference"}
    for name in NAMES:
        assert all(set(one) == keys for one in lines[name])
    assert "| - | Boosted trees (reference) | - | - | 0 1 |" in text
    assert "References are no recipes" in text
    assert "| 1 | VANILLA" in text
    # Nothing is made again.
    monkeypatch.setattr(runs, "run_method", refuse)
    monkeypatch.setattr(boosting, "_boost", refuse)
    assert main(flags) == text
    assert lines_of(tmp_path / "out") == lines


def test_other_inputs_than_tables_have_none(tmp_path):
    x, y = make_problem().train
    images = x[:, :, None], y
    problem = Problem(make_encoder, images, images, images)
    lines, said = references(tmp_path, problem)
    assert lines == {}
    assert said == ["References are of tables alone: none on these inputs."]


def test_without_scikit_learn_it_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(boosting, "find_spec", lambda name: None)
    table = write_prices(tmp_path / "prices.csv")
    printed = usage_error(capsys, [table, "--references"])
    assert "pip install 'keras-groupdir[sklearn]'" in printed
