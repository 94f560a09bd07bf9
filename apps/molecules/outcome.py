"""What came out, in tables and sentences."""

import statistics
from functools import cached_property

import numpy as np

from apps.molecules.methods import GROUPDIR
from apps.molecules.methods import TITLES
from apps.molecules.verdict import Difference
from apps.molecules.verdict import by_molecules
from apps.molecules.verdict import by_seeds
from apps.molecules.verdict import sentence
from keras_groupdir.experiments import FittedMethod
from keras_groupdir.experiments import Problem
from keras_groupdir.labels import label_shots
from keras_groupdir.reports import SUBSETS
from keras_groupdir.scores import ShotTable

# Of the methods by name, by seed.
Runs = dict[str, dict[int, FittedMethod]]
# What a winner is told of.
DECIDED = {"few": "Few-shot labels", "all": "All labels"}


class Outcome:
    """Finished runs of the same seeds for each method.

    Args:
        problem: What they were trained on.
        runs: All of them came to an end.
    """

    def __init__(self, problem: Problem, runs: Runs) -> None:
        self._problem, self._runs = problem, runs
        self.seeds = list(runs[GROUPDIR])

    def sentences(self) -> list[str]:
        """Who won, by how much, and how far that can be trusted."""
        said = [
            f"{words}: {self._who_won(subset)}"
            for subset, words in DECIDED.items()
        ]
        count = self.mean_tables()[TITLES[GROUPDIR]].counts["few"]
        routings = {
            run.tables["test"].own for run in self._runs[GROUPDIR].values()
        }
        said.append(
            f"In brackets: 95% intervals of the change, {self._how()}; not "
            "corrected for there being several. "
            f"{count} test molecules are few-shot. Group-DIR predicts with "
            f"{' or '.join(sorted(routings))} routing."
        )
        return said

    def mean_tables(self) -> dict[str, ShotTable]:
        """Test errors of each method's own prediction, means over seeds.

        Returns:
            Shot tables by title, of one row and one metric.
        """
        found = {}
        for method, by_seed in self._runs.items():
            table = by_seed[self.seeds[0]].tables["test"]
            means = {
                subset: statistics.fmean(self._errors(method, subset).values())
                for subset in SUBSETS
            }
            found[TITLES[method]] = ShotTable(
                table.counts,
                {"model": {self._problem.metric: means}},
                thresholds=table.thresholds,
            )
        return found

    def _who_won(self, subset: str) -> str:
        errors = {TITLES[m]: self._errors(m, subset) for m in self._runs}
        means = {
            name: statistics.fmean(own.values()) for name, own in errors.items()
        }
        best, *others = sorted(means, key=means.__getitem__)
        found: list[Difference] = []
        if len(self.seeds) > 1:
            found = [by_seeds(errors, best, other) for other in others]
        else:
            single = self._errors_of_samples(subset)
            found = [by_molecules(single, best, other) for other in others]
        return sentence(found, means[best], self._problem.unit)

    def _errors(self, method: str, subset: str) -> dict[int, float]:
        """By seed, of the prediction that the model makes."""
        found = {}
        for seed, run in self._runs[method].items():
            table = run.tables["test"]
            found[seed] = table.rows[table.own][self._problem.metric][subset]
        return found

    def _errors_of_samples(self, subset: str) -> dict[str, np.ndarray]:
        """Of each method's one seed, on the test samples of a subset."""
        _, y = self._problem.held_out("test")
        task = self._problem.task
        shots = label_shots(
            y, task.labels, task.bins, **self._problem.thresholds
        )
        is_in = (shots == subset) | (subset == "all")
        return {
            TITLES[method]: np.abs(predicted - y)[is_in]
            for method, predicted in self._predictions.items()
        }

    @cached_property
    def _predictions(self) -> dict[str, np.ndarray]:
        """Of each method's one seed, on the test samples."""
        x, y = self._problem.held_out("test")
        found = {}
        for method, by_seed in self._runs.items():
            (run,) = by_seed.values()
            # In one batch, which takes TensorFlow the least to trace.
            predicted = run.model.predict(x, batch_size=len(y), verbose=0)
            found[method] = predicted.reshape(-1)
        return found

    def _how(self) -> str:
        if len(self.seeds) > 1:
            return f"paired over {len(self.seeds)} seeds on one split"
        return (
            "by a paired bootstrap over the test molecules of one seed: "
            "another seed may differ by more"
        )
