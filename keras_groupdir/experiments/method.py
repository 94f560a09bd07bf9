"""Runs of one method."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from keras_groupdir.models.group_rows import BALANCED

Line = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """Runs of one method, with the settings that the validation set chose.

    Attributes:
        name: Of the recipe.
        settings: What was chosen; empty: the defaults.
        runs: Lines by seed, diverged ones and failed ones too.
        tries: Lines of the search, the published settings first.
        others: Lines of runs with other settings, which do not count.
        has_twin: Whether another method is called the same, as settings can
            make of one recipe another.
    """

    name: str
    settings: dict[str, Any]
    runs: dict[int, Line]
    tries: list[Line] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)
    has_twin: bool = False

    @property
    def title(self) -> str:
        """The name in the paper's tables, where it is in them."""
        title = str(self._any["title"])
        return f"{title} ({self.name})" if self.has_twin else title

    @property
    def routing(self) -> str:
        """The row of the shot tables that is the method's own prediction."""
        # Validation may have chosen another for each seed; one that failed
        # has no model to tell it.
        found = [line["routing"] or "model" for line in self.finite.values()]
        return " / ".join(sorted(set(found))) or "model"

    @property
    def finite(self) -> dict[int, Line]:
        """Runs that came to an end, by seed."""
        return {k: v for k, v in self.runs.items() if not v["diverged"]}

    @property
    def diverged(self) -> list[int]:
        """Seeds whose runs did not."""
        return [
            seed
            for seed, line in self.runs.items()
            if line["diverged"] and "error" not in line
        ]

    @property
    def failed(self) -> dict[int, str]:
        """Why there is no run of a seed."""
        return {k: v["error"] for k, v in self.runs.items() if "error" in v}

    @property
    def last_epoch_best(self) -> list[int]:
        """Seeds whose best epoch was the last: more might have been better."""
        # Lines of 0.1 have the budget's.
        return [
            seed
            for seed, line in self.finite.items()
            if line["best_epoch"]
            == line.get("epochs", line["training"].get("epochs"))
        ]

    @property
    def is_reference(self) -> bool:
        """Whether it stands beside the methods, without a rank.

        So does what is no recipe: a model of another library.
        """
        return bool(self._any.get("reference"))

    @property
    def tried(self) -> list[dict[str, Any]]:
        """Settings of a search or of runs, each once."""
        lines = (*self.tries, *self.runs.values(), *self.others)
        found: list[dict[str, Any]] = []
        for line in lines:
            if line["settings"] not in found:
                found.append(line["settings"])
        return found

    @property
    def validation_error(self) -> float | None:
        """Mean of the runs that came to an end, each at its best epoch."""
        errors = [validation_error(line) for line in self.finite.values()]
        return statistics.fmean(errors) if errors else None

    @property
    def routings(self) -> list[str]:
        """Rows of the shot tables, of any seed."""
        tables = (line["test"]["rows"] for line in self.finite.values())
        return list(dict.fromkeys(row for rows in tables for row in rows))

    def errors(
        self, metric: str, subset: str, routing: str | None = None
    ) -> dict[int, float]:
        """Test errors by seed; a seed whose subset is empty has none.

        Args:
            metric: Of the shot tables.
            subset: Of the shot tables.
            routing: Row of the shot tables. Defaults to the method's own.
        """
        found = {}
        for seed, line in self.finite.items():
            rows = line["test"]["rows"]
            row = routing or line["routing"]
            if row in rows:
                found[seed] = rows[row][metric][subset]
        return {k: v for k, v in found.items() if v is not None}

    @property
    def _any(self) -> Line:
        # A diverged run says what the others say, too.
        return next(iter((self.finite or self.runs).values()))


def validation_error(line: Mapping[str, Any]) -> float:
    """Of the model that a run ended with: after what validation corrected.

    A run that was not evaluated on validation data has that of its best epoch.

    Args:
        line: Of a run that has not diverged.
    """
    if line["routing"] != BALANCED or "val" not in line:
        return float(line["best_error"])
    row = line["val"]["rows"][line["routing"]]
    return float(row[line["metric"]]["all"])
