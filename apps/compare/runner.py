"""The runs of a comparison, each of which is made once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apps.common.results import append_json_line
from apps.compare.lines import is_of
from apps.compare.lines import read_lines
from apps.compare.problem import Problem
from apps.compare.progress import Progress
from apps.compare.run import run
from apps.compare.search import tries


class Runner:
    """Runs what a folder does not hold yet.

    Args:
        problem: The data set.
        folder: Where each method has a file of lines.
        seeds: Of the runs; the first is that of the tries.
        tries: Settings to try for each method; 1: as published.
        verbose: As for `keras.Model.fit`.
    """

    def __init__(
        self,
        problem: Problem,
        folder: Path,
        seeds: Sequence[int],
        tries: int,
        verbose: int = 0,
    ) -> None:
        self.problem, self.folder = problem, folder
        self.seeds, self.tries, self.verbose = seeds, tries, verbose

    def run_all(self, methods: Sequence[str]) -> None:
        """Chooses settings for each method and runs it with every seed."""
        settings = {method: self._settings(method) for method in methods}
        progress = Progress(
            sum(
                len(self.seeds) + (len(own) if len(own) > 1 else 0)
                for own in settings.values()
            )
        )
        for method, own in settings.items():
            best = self._best(method, own, progress)
            for seed in self.seeds:
                self._line(method, "run", best, seed, progress)

    def _settings(self, method: str) -> list[dict[str, Any]]:
        training, task = self.problem.training, self.problem.task
        return tries(method, self.tries, training.learning_rate, task.error)

    def _best(
        self, method: str, settings: list[dict[str, Any]], progress: Progress
    ) -> dict[str, Any]:
        """The settings with the least validation error."""
        if len(settings) == 1:
            return settings[0]
        lines = [
            self._line(method, "try", one, self.seeds[0], progress)
            for one in settings
        ]
        finite = [line for line in lines if not line["diverged"]]
        if not finite:
            return settings[0]
        best = min(finite, key=lambda line: line["best_error"])
        return dict(best["settings"])

    def _line(
        self,
        method: str,
        kind: str,
        settings: dict[str, Any],
        seed: int,
        progress: Progress,
    ) -> dict[str, Any]:
        """The line of a run, from the file or made now."""
        path = self.folder / f"{method}.jsonl"
        for line in read_lines(path):
            if is_of(line, self.problem, kind, settings, seed):
                progress.skip()
                return line
        # The test set is for what the validation set has chosen.
        splits = ("val",) if kind == "try" else ("val", "test")
        result = run(self.problem, method, settings, seed, splits, self.verbose)
        line = {"kind": kind, **result}
        append_json_line(path, line)
        progress.done(line)
        return line
