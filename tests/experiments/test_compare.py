"""Comparisons in memory: what is run, with what, and what comes of it."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

pytest.importorskip("scipy")

from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Store
from keras_groupdir.experiments import compare
from keras_groupdir.experiments import fit_method
from keras_groupdir.experiments import run_method
from keras_groupdir.experiments import runs
from keras_groupdir.recipes import CompiledModels
from tests.experiments.problem import make_problem

pytestmark = [pytest.mark.usefixtures("eager"), pytest.mark.one_backend]


def silent(text):
    """Says nothing."""


def errors_of(comparison):
    return {one.name: one.errors("mae", "all") for one in comparison.methods}


@pytest.fixture(scope="module")
def results():
    methods = ["vanilla", "rrt", "groupdir"]
    return compare(make_problem(), methods, seeds=(0, 1), say=silent)


def test_every_method_is_run_with_every_seed(results):
    found = errors_of(results)
    assert set(found) == {"vanilla", "rrt", "groupdir"}
    for by_seed in found.values():
        assert set(by_seed) == {0, 1}
        assert by_seed[0] != by_seed[1]
    means = [np.mean(list(found[one.name].values())) for one in results.methods]
    assert means == sorted(means)


def test_the_routing_is_the_models_own(results):
    routings = {one.name: one.routing for one in results.methods}
    expected = {"vanilla": "model", "rrt": "model", "groupdir": "mixture"}
    assert routings == expected


@pytest.mark.parametrize("method", ["vanilla", "rrt", "groupdir"])
def test_a_run_alone_has_the_numbers_of_the_comparison(results, method):
    line = run_method(make_problem(), method, seed=1)
    (own,) = (one for one in results.methods if one.name == method)
    expected = own.runs[1]
    assert line["best_error"] == pytest.approx(expected["best_error"], rel=1e-5)
    rows = line["test"]["rows"][own.routing]
    for metric in ("mae", "mse"):
        value = expected["test"]["rows"][own.routing][metric]["all"]
        assert rows[metric]["all"] == pytest.approx(value, rel=1e-5)


def test_a_line_says_what_validation_chose_of_a_correction():
    plain = run_method(make_problem(), "groupdir", splits=())
    assert "correction" not in plain
    problem = make_problem()
    few = {"num_groups": 4}
    fitted = fit_method(problem, "groupdir_corrected", few, splits=("val",))
    said = fitted.line["correction"]
    assert set(said) == {"group_weights"}
    weights = fitted.model.head.group_weights
    np.testing.assert_allclose(said["group_weights"], weights, rtol=1e-3)
    assert json.loads(json.dumps(fitted.line)) == fitted.line
    settings = {"correction": "routing"}
    line = run_method(problem, "groupdir_corrected", settings, splits=())
    assert set(line["correction"]) == {"tau", "temperature"}


def test_a_run_again_in_the_same_models_has_the_same_numbers():
    compiled = CompiledModels()
    lines = [
        run_method(make_problem(), "groupdir", seed=seed, compiled=compiled)
        for seed in (0, 1, 0)
    ]
    assert lines[0]["test"] == lines[2]["test"]
    assert lines[0]["test"] != lines[1]["test"]


def test_the_best_try_by_validation_is_run_and_the_test_set_seen_once():
    store = Store()
    compare(
        make_problem(),
        ["vanilla"],
        seeds=(0,),
        tries=3,
        say=silent,
        store=store,
    )
    *tries, run = store.lines()
    assert [line["kind"] for line in tries] == ["try"] * 3
    assert all("test" not in line for line in tries)
    best = min(tries, key=lambda line: line["best_error"])
    assert run["settings"] == best["settings"]
    assert run["best_error"] == pytest.approx(best["best_error"], rel=1e-5)


def test_what_a_store_holds_is_not_run_again(monkeypatch):
    store, said = Store(), []
    for _ in range(2):
        compare(
            make_problem(),
            ["vanilla"],
            seeds=(0,),
            store=store,
            say=said.append,
        )
        monkeypatch.setattr(runs, "run_method", None)
    assert len(store.lines()) == len(said) == 1
    assert said[0].startswith("[1/1] vanilla run seed 0 defaults: validation ")


def without_training(monkeypatch):
    def fail(*arguments, **settings):
        raise AssertionError("something was trained")

    monkeypatch.setattr(runs, "run_method", fail)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            lambda task: {"task": replace(task, error="squared")},
            "digest of the task",
        ),
        (
            lambda task: {"task": replace(task, reweight="inverse")},
            "digest of the task",
        ),
        (lambda task: {"epsilon": 0.1}, "digest of the task"),
        (lambda task: {"relative_shots": True}, "shots"),
        (lambda task: {"budget": Budget(epochs=7)}, "epochs"),
    ],
)
def test_a_store_of_something_else_is_refused_before_training(
    results, changed, said, monkeypatch
):
    without_training(monkeypatch)
    problem = make_problem()
    other = replace(problem, **changed(problem.task))
    with pytest.raises(ValueError, match=f"`store` must hold.*{said}"):
        compare(other, ["vanilla"], store=Store(results.lines), say=silent)


def test_lines_from_before_the_task_was_noted_are_of_the_problem(
    results, monkeypatch
):
    without_training(monkeypatch)
    old = [
        {k: v for k, v in line.items() if k not in ("task", "thresholds")}
        for line in results.lines
    ]
    found = compare(
        make_problem(), ["rrt"], seeds=(0, 1), store=Store(old), say=silent
    )
    assert errors_of(found) == errors_of(results)


@pytest.mark.parametrize("splits", ["val", ("valid",)])
def test_splits_are_checked_before_training(splits, monkeypatch):
    with pytest.raises(ValueError, match="`splits` must be one of 'val'"):
        fit_method(make_problem(), "vanilla", splits=splits)


def test_shots_may_be_relative_to_the_mean_count():
    problem = make_problem(epochs=1, relative_shots=True, many_above=1.5)
    table = run_method(problem, "vanilla")["test"]
    counts = problem.task.bins.counts(problem.task.labels)
    mean = counts[counts > 0].mean()
    assert table["shots"]["mean_count"] == pytest.approx(mean)
    own = counts[problem.task.bins.assign(problem.test[1])]
    assert table["counts"]["many"] == np.sum(own > 1.5 * mean) > 0
    assert table["counts"]["few"] == np.sum(own < 0.2 * mean)


def test_settings_take_the_place_of_a_search():
    settings = {"groupdir": {"num_groups": 4, "learning_rate": 0.02}}
    store = Store()
    compare(
        make_problem(epochs=1), ["groupdir"], (0,), 2, settings, silent, store
    )
    (line,) = store.lines()
    assert line["settings"] == settings["groupdir"]
    assert line["training"]["learning_rate"] == 0.02


def test_settings_in_another_order_are_the_same_run():
    claimed = []

    class Claims(Store):
        def claim(self, method, run):
            claimed.append((method, run))
            return super().claim(method, run)

    store = Claims()
    settings = {"learning_rate": 0.02, "patience": 2}
    for one in (settings, dict(reversed(settings.items()))):
        given = {"vanilla": one}
        compare(
            make_problem(epochs=1), ["vanilla"], (0,), 1, given, silent, store
        )
    assert len(store.lines()) == 1
    assert len(claimed) > 1
    assert len(set(claimed)) == 1


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y

    def __len__(self):
        return 3

    def __getitem__(self, index):
        rows = slice(16 * index, 16 * index + 16)
        return self.x[rows], self.y[rows]


def tf_data(x, y):
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(16)


@pytest.mark.parametrize("loader", [Batches, tf_data])
@pytest.mark.parametrize("method", ["groupdir", "sqinv_lds", "lds_fds", "rrt"])
def test_data_sets_are_trained_on_as_arrays_are(method, loader):
    problem = make_problem(epochs=2)
    data = loader(*problem.train)
    other = make_problem(epochs=2, train=data)
    np.testing.assert_allclose(other.task.labels, problem.task.labels)
    line = run_method(other, method)
    assert "error" not in line
    assert np.isfinite(line["best_error"])


def test_a_method_that_cannot_run_is_a_line_with_the_reason():
    def one_at_a_time(seed, views):
        x, y = problem.train
        return ((x[i : i + 16], y[i : i + 16]) for i in (0, 16, 32))

    problem = make_problem(epochs=1)
    other = make_problem(epochs=1, train=one_at_a_time)
    comparison = compare(other, ["sqinv"], seeds=(0,), say=silent)
    (method,) = comparison.methods
    assert "gone through again" in method.failed[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"methods": ["vanila"]}, "`methods` must be one of 'vanilla'"),
        ({"methods": "vanilla"}, "`methods` must be a list"),
        ({"methods": []}, "`methods` must be a list"),
        ({"methods": ["bmc", "bmc"]}, "`methods` must differ"),
        ({"seeds": (0, 0)}, "`seeds` must differ"),
        ({"seeds": (-1,)}, "`seeds` must be a whole number"),
        ({"tries": 0}, "`tries` must be a whole number"),
        ({"tries": 9}, "`tries` must be at most"),
        ({"settings": {"bmc": {"beta": 2}}}, "`settings` must be those of"),
        ({"settings": {"bmc": {"epochs": 0}}}, "`epochs` must be a whole"),
        ({"problem": 3}, "`problem` must be an experiments.Problem"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_runs(
    monkeypatch, arguments, message
):
    monkeypatch.setattr(runs, "run_method", None)
    given = {"problem": make_problem(), "methods": ["vanilla"], **arguments}
    with pytest.raises(ValueError, match=message):
        compare(**given)


def test_lines_of_two_data_sets_are_no_comparison(results):
    lines = [{**line} for line in results.lines]
    lines[0]["data"] = "another"
    with pytest.raises(ValueError, match="one data set and one budget"):
        Comparison.from_lines(lines)


def test_methods_may_have_an_end_of_their_own():
    steps = replace(make_problem(), budget=Budget(steps=6, patience=3))
    for settings in ({"epochs": 1}, {"steps": 9}, {"patience": 1}):
        results = compare(
            steps, ["vanilla", "sqinv"], [0], settings={"sqinv": settings}
        )
        (line,) = [x for x in results.lines if x["method"] == "sqinv"]
        assert settings.items() <= line["training"].items()


def test_a_setting_may_not_go_by_the_name_of_a_method_of_the_budget():
    with pytest.raises(ValueError, match="in_epochs"):
        run_method(make_problem(), "vanilla", {"in_epochs": 3}, 0)
