"""Boosted trees of scikit-learn, as a reference beside the methods."""

import time
from collections.abc import Callable
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import islice
from typing import Any
from typing import NamedTuple

import numpy as np

from apps.compare.folder_store import FolderStore
from keras_groupdir.experiments import Line
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import Progress
from keras_groupdir.experiments import describe_run
from keras_groupdir.experiments import is_run
from keras_groupdir.recipes import make_recipe
from keras_groupdir.scores import evaluate_shots

# Validation chooses how many of them; with scikit-learn's rate of 0.1 few
# tables are better with more.
MOST_TREES = 1000
# Trees at a time, and as many without a better one end it.
STEP = 100
# Titles, and the recipe whose density weights the samples have.
REFERENCES: dict[str, tuple[str, str | None]] = {
    "hist_gradient_boosting": ("Boosted trees (reference)", None),
    "hist_gradient_boosting_sqinv": (
        "Boosted trees, SQINV (reference)",
        "sqinv",
    ),
}


class Boosted(NamedTuple):
    """What is the same for every seed: nothing is drawn at random.

    Attributes:
        error: Of the validation set.
        num_trees: That it chose.
        tables: Shot tables by split, as JSON.
        seconds: That it took.
    """

    error: float
    num_trees: int
    tables: dict[str, Any]
    seconds: float


def check_boosting() -> None:
    """Refuses references where they cannot be made.

    Raises:
        ValueError: Says what to install.
    """
    if find_spec("sklearn") is None:
        raise ValueError(
            "`references` need scikit-learn: pip install "
            "'keras-groupdir[sklearn]'"
        )


def run_references(
    problem: Problem,
    seeds: Sequence[int],
    store: FolderStore,
    say: Callable[[str], Any],
) -> None:
    """Makes the lines of references that a folder has not.

    Each is trained once and has a line for each seed, so that the changes from
    it are paired as those of methods are.

    Args:
        problem: A table: inputs in one array of shape `(n, features)`; of
            others nothing is made.
        seeds: Of the comparison.
        store: Where the lines go.
        say: Is handed a line of text after each run.
    """
    if not _is_table(problem):
        say("References are of tables alone: none on these inputs.")
        return
    progress = Progress(len(REFERENCES) * len(seeds), say)
    for name in REFERENCES:
        boosted: Boosted | None = None
        for seed in seeds:
            with store.claim(name, f"run {seed}"):
                if _is_there(store, problem, name, seed):
                    progress.skip()
                    continue
                boosted = boosted or _boost(problem, REFERENCES[name][1])
                line = _line(problem, name, seed, boosted)
                store.keep(line)
            progress.done(line)


def _is_table(problem: Problem) -> bool:
    splits = (problem.train_data(0, 1), problem.val, problem.test)
    return all(
        isinstance(data, tuple)
        and isinstance(data[0], np.ndarray)
        and data[0].ndim == 2
        for data in splits
    )


def _is_there(
    store: FolderStore, problem: Problem, name: str, seed: int
) -> bool:
    return any(
        line["method"] == name and is_run(line, problem, {}, seed)
        for line in store.lines()
    )


def _line(problem: Problem, name: str, seed: int, boosted: Boosted) -> Line:
    return {
        "kind": "run",
        # Data, budget and versions are said as those of a recipe's.
        **describe_run(problem, "vanilla", {}, seed),
        "method": name,
        "title": REFERENCES[name][0],
        "reference": True,
        # An epoch is a tree.
        "epochs": MOST_TREES,
        "seconds": round(boosted.seconds, 1),
        "diverged": False,
        "best_epoch": boosted.num_trees,
        "best_error": float(f"{boosted.error:.9g}"),
        "routing": "model",
        **boosted.tables,
    }


def _boost(problem: Problem, weights_of: str | None) -> Boosted:
    from sklearn.ensemble import HistGradientBoostingRegressor

    started = time.perf_counter()
    task = problem.task
    x, y = problem.train_data(0, 1)
    labels = np.asarray(y, "float64").reshape(-1)
    weights = None
    if weights_of is not None:
        weigh = make_recipe(weights_of).stages[-1].weigh
        weights = None if weigh is None else weigh(labels, task)
    model = HistGradientBoostingRegressor(
        loss=f"{task.error}_error",
        # By our validation set, and not by one of its own.
        early_stopping=False,
        warm_start=True,
        random_state=0,
    )
    held_out, y_held_out = problem.held_out("val")
    power = 2 if task.error == "squared" else 1
    errors: list[float] = []
    best = 0
    while len(errors) < MOST_TREES and len(errors) - best <= STEP:
        model.set_params(max_iter=len(errors) + STEP)
        model.fit(x, labels, weights)
        stages = islice(model.staged_predict(held_out), len(errors), None)
        errors += [
            float(np.mean(np.abs(y_held_out - predicted) ** power))
            for predicted in stages
        ]
        best = int(np.argmin(errors))
    cut: Any = _Cut(model, best)
    tables = {}
    for split in ("val", "test"):
        inputs, own = problem.held_out(split)
        tables[split] = evaluate_shots(
            cut,
            inputs,
            own,
            task.labels,
            task.bins,
            epsilon=problem.epsilon,
            **problem.thresholds,
        ).as_dict()
    seconds = time.perf_counter() - started
    return Boosted(errors[best], best + 1, tables, seconds)


class _Cut:
    """Boosted trees up to one of them, as what can be evaluated."""

    def __init__(self, model: Any, last: int) -> None:
        self._model, self._last = model, last

    def predict(self, x: np.ndarray) -> np.ndarray:
        stages = self._model.staged_predict(x)
        return next(islice(stages, self._last, None))
