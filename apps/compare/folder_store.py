"""Runs of a comparison in a folder, which processes may share."""

import hashlib
import json
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras_groupdir
from apps.common.locks import held_alone
from apps.common.results import append_json_line
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Line
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import Store
from keras_groupdir.experiments import differences

# Lines of earlier versions have all of these, too.
NEEDED = {"kind", "method", "title", "dataset", "seed", "settings", "training"}
NEEDED |= {"diverged", "best_error", "routing"}


class FolderStore(Store):
    """A file of JSON lines for each method, all of one data set and budget.

    Args:
        folder: Made with the first line.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def lines(self) -> list[Line]:
        """Lines of all files, method by method.

        Raises:
            ValueError: If one is none of a run; names file and line.
        """
        if self.folder.is_file():
            raise ValueError(f"{self.folder} must be a folder, not a file.")
        return [
            line
            for path in sorted(self.folder.glob("*.jsonl"))
            for line in read_lines(path)
        ]

    def keep(self, line: Line) -> None:
        append_json_line(self.folder / f"{line['method']}.jsonl", line)

    def claim(self, method: str, run: str) -> AbstractContextManager[object]:
        digest = hashlib.sha256(run.encode()).hexdigest()[:16]
        lock = self.folder / ".locks" / f"{method}-{digest}"
        return held_alone(lock, waits=True)

    def comparison(self) -> Comparison:
        """What the folder holds.

        Raises:
            ValueError: If that is of several data sets or budgets.
        """
        try:
            return Comparison.from_lines(self.lines())
        except ValueError as error:
            message = str(error).replace("`lines`", "`folder`")
            raise ValueError(f"{message} in {self.folder}") from error

    def check(self, problem: Problem) -> None:
        """Refuses a folder whose lines would not go with a problem's."""
        asked: dict[str, Any] = {
            "dataset": problem.name,
            "data": problem.digest,
            "library": keras_groupdir.__version__,
            "training": asdict(problem.budget),
            "settings": {},
        }
        found = differences([asked, *self.lines()])
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


def read_lines(path: Path) -> list[Line]:
    """The lines of a file; none if it is not there.

    Raises:
        ValueError: If one is none of a run; names file and line.
    """
    if not path.exists():
        return []
    lines = []
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            lines.append(_checked(json.loads(line)))
        except ValueError as error:
            raise ValueError(
                f"`output` must hold runs, as JSON. Received: {path}, line "
                f"{number} ({error})"
            ) from error
    return lines


def _checked(line: Any) -> Line:
    if not isinstance(line, dict):
        raise ValueError("no object")
    missing = NEEDED - line.keys()
    if not missing and line["kind"] == "run" and not line["diverged"]:
        missing = {"test"} - line.keys()
    if missing:
        raise ValueError(f"there is no {' and no '.join(sorted(missing))}")
    return line
