"""What a comparison's folder holds, method by method."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Self

from keras_groupdir.experiments.differences import differences
from keras_groupdir.models.group_regressor import BALANCED

Line = dict[str, Any]
VANILLA = "vanilla"
ORACLE = "oracle"
METRICS = ("mse", "mae")


@dataclass(frozen=True)
class Method:
    """Runs of one method, with the settings that the validation set chose.

    Attributes:
        name: Of the recipe.
        settings: What was chosen; empty: the defaults.
        runs: Lines by seed, diverged ones and failed ones too.
        tries: Lines of the search, the published settings first.
        others: Lines of runs with other settings, which do not count.
    """

    name: str
    settings: dict[str, Any]
    runs: dict[int, Line]
    tries: list[Line] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The name in the paper's tables, where it is in them."""
        return str(self._any["title"])

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
        # Lines of before it was noted have the budget's.
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


@dataclass(frozen=True)
class Comparison:
    """Methods on one data set, the best by its own prediction first.

    Attributes:
        methods: Those with runs; one without a finite one comes last.
    """

    methods: list[Method]

    @classmethod
    def from_lines(cls, lines: Iterable[Line]) -> Self:
        """Sorts lines of `run_method`, each with its kind, by method.

        Of a method that was run with several settings, those count that are
        best on validation.

        Args:
            lines: With a `"kind"`, `"try"` or `"run"`; others do not count.

        Raises:
            ValueError: If they are of more than one data set or budget, or a
                seed is there twice.
        """
        lines = [line for line in lines if line["kind"] in ("try", "run")]
        found = differences(lines)
        if found:
            listed = (
                f"{name} {' and '.join(map(str, values))}"
                for name, values in found.items()
            )
            raise ValueError(
                "`lines` must be of one data set and one budget. "
                f"Received: {', '.join(listed)}"
            )
        names = dict.fromkeys(
            line["method"] for line in lines if line["kind"] == "run"
        )
        methods = [
            _method(name, [line for line in lines if line["method"] == name])
            for name in names
        ]
        metric = cls(methods).metric if methods else METRICS[0]
        return cls(sorted(methods, key=lambda one: _mean(one, metric)))

    @property
    def ranked(self) -> list[Method]:
        """Methods with a finite run, the best first, without references."""
        return [m for m in self.methods if m.finite and not m.is_reference]

    @property
    def lines(self) -> list[Line]:
        """Every run."""
        return [line for one in self.methods for line in one.runs.values()]

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return str(self.lines[0]["dataset"])

    @property
    def data(self) -> str | None:
        """Digest of the data; lines of before it was noted have none."""
        digest: str | None = self.lines[0].get("data")
        return digest

    @property
    def metric(self) -> str:
        """The metric that decides."""
        finite = (line for line in self.lines if not line["diverged"])
        return metric_of(next(finite, self.lines[0]))

    @property
    def unit(self) -> str:
        """Of the labels."""
        return str(self.lines[0].get("unit", ""))

    @property
    def printed(self) -> str | None:
        """The paper's table of this data set."""
        line = self.lines[0]
        name: str | None = line.get("printed", line["dataset"])
        return name

    @property
    def vanilla(self) -> Method | None:
        """What the others are compared with, if it has come to an end."""
        found = [m for m in self.methods if m.name == VANILLA and m.finite]
        return found[0] if found else None


def metric_of(line: Line) -> str:
    """The metric that decided when the line was made."""
    if "metric" in line or line["diverged"]:
        return str(line.get("metric", METRICS[0]))
    # Lines of before this was noted: the one that was the lowest.
    row = line["val"]["rows"][line["routing"]]
    return min(
        METRICS, key=lambda name: abs(row[name]["all"] - line["best_error"])
    )


def _method(name: str, lines: list[Line]) -> Method:
    tries = [line for line in lines if line["kind"] == "try"]
    runs = [line for line in lines if line["kind"] == "run"]
    settings = _chosen(tries, runs)
    by_seed: dict[int, Line] = {}
    others = []
    for line in runs:
        if line["settings"] != settings:
            others.append(line)
            continue
        if line["seed"] in by_seed:
            raise ValueError(
                "`lines` must hold a seed once for each method. Received: "
                f"seed {line['seed']} twice for {name}, settings {settings}"
            )
        by_seed[line["seed"]] = line
    return Method(name, settings, dict(sorted(by_seed.items())), tries, others)


def best_try(tried: list[Line], default: dict[str, Any]) -> dict[str, Any]:
    """Settings of the try with the least validation error."""
    finite = [line for line in tried if not line["diverged"]]
    if not finite:
        return default
    return dict(min(finite, key=validation_error)["settings"])


def validation_error(line: Line) -> float:
    """Of the model that a run ended with: after what validation corrected."""
    if line["routing"] != BALANCED:
        return float(line["best_error"])
    row = line["val"]["rows"][line["routing"]]
    return float(row[metric_of(line)]["all"])


def _chosen(tries: list[Line], runs: list[Line]) -> dict[str, Any]:
    ran = [line["settings"] for line in runs]
    tried = [line for line in tries if line["settings"] in ran]
    return best_try(tried, default=dict(ran[-1]))


def _mean(method: Method, metric: str) -> float:
    errors = method.errors(metric, "all").values()
    return statistics.fmean(errors) if errors else math.inf
