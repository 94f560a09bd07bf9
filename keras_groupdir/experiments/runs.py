"""Runs of a comparison, each of which is made once."""

import json
from typing import Any

import keras

from keras_groupdir.experiments.describe_run import is_run
from keras_groupdir.experiments.method import Line
from keras_groupdir.experiments.problem import Problem
from keras_groupdir.experiments.progress import Progress
from keras_groupdir.experiments.run_method import run_method
from keras_groupdir.experiments.store import Store
from keras_groupdir.recipes import CompiledModels


class Runs:
    """Lines of runs, known from before or made now.

    Args:
        problem: The data set, encoder and budget.
        store: Where lines are, and new ones go.
        progress: Is told of each.
        verbose: As for `keras.Model.fit`.
    """

    def __init__(
        self,
        problem: Problem,
        store: Store,
        progress: Progress,
        verbose: Any = 0,
    ) -> None:
        self._problem, self._store, self._verbose = problem, store, verbose
        self._progress = progress
        self._method, self._compiled = "", CompiledModels()

    def begin(self, method: str) -> None:
        """Turns to another method; what was compiled is freed."""
        keras.utils.clear_session(free_memory=True)
        self._method, self._compiled = method, CompiledModels()

    def line(self, kind: str, settings: dict[str, Any], seed: int) -> Line:
        """The line of a run of the method, as a `"try"` or a `"run"`."""
        # The same settings in another order are the same run.
        ordered = json.dumps(settings, sort_keys=True, default=str)
        with self._store.claim(self._method, f"{kind} {seed} {ordered}"):
            for line in self._store.lines():
                is_own = (line["kind"], line["method"]) == (kind, self._method)
                if is_own and is_run(line, self._problem, settings, seed):
                    self._progress.skip()
                    return line
            # The test set is for what the validation set has chosen.
            splits = ("val",) if kind == "try" else ("val", "test")
            made = run_method(
                self._problem,
                self._method,
                settings,
                seed,
                splits,
                self._compiled,
                self._verbose,
            )
            line = {"kind": kind, **made}
            self._store.keep(line)
        self._progress.done(line)
        return line
