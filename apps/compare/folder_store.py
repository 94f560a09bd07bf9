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
from apps.common.shot_tables import METRICS
from apps.common.shot_tables import check_table
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Line
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import Store
from keras_groupdir.experiments import differences

# What the report reads of every line, and of some.
NUMBER = int | float
KINDS: dict[str, Any] = {
    **dict.fromkeys(("kind", "method", "title", "dataset"), str),
    **dict.fromkeys(("unit", "data", "metric", "backend", "keras"), str),
    **dict.fromkeys(("settings", "training"), dict),
    "seed": int,
    "seconds": NUMBER,
    "diverged": bool,
}
OPTIONAL: dict[str, Any] = {
    **dict.fromkeys(("printed", "library", "routing"), str),
    "best_epoch": int,
    "best_error": NUMBER,
    "reference": bool,
}


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
            "thresholds": problem.thresholds,
            "task": problem.task_digest,
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
    """A line that the report can read."""
    if not isinstance(line, dict):
        raise ValueError("it is no object")
    kinds = {**KINDS, **{k: v | None for k, v in OPTIONAL.items()}}
    for name, kind in kinds.items():
        if not isinstance(line.get(name), kind):
            raise ValueError(f"{name} is {line.get(name)!r}")
    if line["metric"] not in METRICS:
        raise ValueError(f"metric is {line['metric']!r}")
    if not isinstance(line.get("error", ""), str):
        raise ValueError(f"error is {line['error']!r}")
    if not line["diverged"]:
        for name in ("best_error", "best_epoch", "routing"):
            if line.get(name) is None:
                raise ValueError(f"there is no {name}")
        # The test set is for what the validation set has chosen.
        for split in ("val",) if line["kind"] == "try" else ("val", "test"):
            check_table(line.get(split), line["routing"])
    return line
