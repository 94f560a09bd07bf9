"""The runs of a comparison, each of which is made once."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from apps.common.results import append_json_line
from apps.compare.attempt import attempt
from apps.compare.differences import differences
from apps.compare.lines import is_of
from apps.compare.lines import read_folder
from apps.compare.lines import read_lines
from apps.compare.problem import Problem
from apps.compare.progress import Progress
from apps.compare.search import tries


class Runner:
    """Runs what a folder does not hold yet.

    Args:
        problem: The data set.
        folder: Where each method has a file of lines, all of the same data and
            budget.
        seeds: Of the runs; the first is that of the tries.
        tries: Settings to try for each method; 1: as published.
        verbose: As for `keras.Model.fit`.
        settings: To run with, in place of a search. Defaults to `None`.

    Raises:
        ValueError: If the folder holds lines of other data or another budget.
    """

    def __init__(
        self,
        problem: Problem,
        folder: Path,
        seeds: Sequence[int],
        tries: int,
        verbose: int = 0,
        settings: dict[str, Any] | None = None,
    ) -> None:
        self.problem, self.folder = problem, folder
        self.settings = settings
        self.seeds, self.tries, self.verbose = seeds, tries, verbose
        self._check_folder()

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

    def _check_folder(self) -> None:
        """Refuses a folder whose lines would not go with those asked for."""
        asked = {
            "dataset": self.problem.name,
            "data": self.problem.digest,
            "training": asdict(self.problem.training),
            "settings": {},
        }
        found = differences([asked, *read_folder(self.folder)])
        if found:
            asked_for = (f"{name} {own}" for name, (own, *_) in found.items())
            held = (
                f"{name} {' and '.join(map(str, others))}"
                for name, (_, *others) in found.items()
            )
            raise ValueError(
                "`output` must be a folder for one data set and one budget. "
                f"Received: {self.folder}, which holds {', '.join(held)}, "
                f"where {', '.join(asked_for)} is asked for"
            )

    def _settings(self, method: str) -> list[dict[str, Any]]:
        if self.settings is not None:
            return [self.settings]
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
        line = attempt(
            self.problem, kind, method, settings, seed, splits, self.verbose
        )
        append_json_line(path, line)
        progress.done(line)
        return line
