"""What a comparison's folder holds, method by method."""

import math
import statistics
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from apps.compare.lines import read_lines

Line = dict[str, Any]
VANILLA = "vanilla"
ORACLE = "oracle"
METRICS = ("mse", "mae")


@dataclass(frozen=True)
class Method:
    """Runs of one method, with the settings that the validation set chose.

    Attributes:
        name: Of the recipe.
        settings: What was chosen; empty: as published.
        runs: Lines by seed, diverged ones too.
        tries: Lines of the search, the published settings first.
    """

    name: str
    settings: dict[str, Any]
    runs: dict[int, Line]
    tries: list[Line] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The name in the paper's tables, where it is in them."""
        return str(self._any["title"])

    @property
    def routing(self) -> str:
        """The row of the shot tables that is the method's own prediction."""
        return str(self._any["routing"])

    @property
    def finite(self) -> dict[int, Line]:
        """Runs that came to an end, by seed."""
        return {k: v for k, v in self.runs.items() if not v["diverged"]}

    @property
    def diverged(self) -> list[int]:
        """Seeds whose runs did not."""
        return [k for k, v in self.runs.items() if v["diverged"]]

    @property
    def routings(self) -> list[str]:
        """Rows of the shot tables."""
        finite = list(self.finite.values())
        return list(finite[0]["test"]["rows"]) if finite else []

    def errors(
        self, metric: str, subset: str, routing: str | None = None
    ) -> dict[int, float]:
        """Test errors by seed; a seed whose subset is empty has none.

        Args:
            metric: Of the shot tables.
            subset: Of the shot tables.
            routing: Row of the shot tables. Defaults to the method's own.
        """
        found = {
            seed: line["test"]["rows"][routing or self.routing][metric][subset]
            for seed, line in self.finite.items()
        }
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

    @property
    def lines(self) -> list[Line]:
        """Every run."""
        return [line for one in self.methods for line in one.runs.values()]

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return str(self.lines[0]["dataset"])

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


def read_comparison(folder: Path) -> Comparison | None:
    """Reads what a folder holds; `None` if there are no runs in it.

    Of a method that was run with several settings or budgets, the runs of the
    last budget count, and of these the settings that are best on validation.

    Raises:
        ValueError: If there is more than one data set, or a seed twice.
    """
    lines = [
        line
        for path in sorted(folder.glob("*.jsonl"))
        for line in read_lines(path)
        if line.get("kind") in ("try", "run")
    ]
    datasets = sorted({line["dataset"] for line in lines})
    if len(datasets) > 1:
        raise ValueError(
            f"`folder` must hold lines of one data set. Received: {datasets} "
            f"in {folder}"
        )
    names = dict.fromkeys(
        line["method"] for line in lines if line["kind"] == "run"
    )
    methods = [
        _method(name, [line for line in lines if line["method"] == name])
        for name in names
    ]
    if not methods:
        return None
    metric = Comparison(methods).metric
    return Comparison(sorted(methods, key=lambda one: _mean(one, metric)))


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
    runs = [line for line in lines if line["kind"] == "run"]
    lines = [line for line in lines if _same_budget(line, runs[-1])]
    tries = [line for line in lines if line["kind"] == "try"]
    runs = [line for line in lines if line["kind"] == "run"]
    settings = _chosen(tries, runs)
    by_seed: dict[int, Line] = {}
    for line in runs:
        if line["settings"] != settings:
            continue
        if line["seed"] in by_seed:
            raise ValueError(
                "`folder` must hold a seed once for each method. Received: "
                f"seed {line['seed']} twice for {name}, settings {settings}"
            )
        by_seed[line["seed"]] = line
    return Method(name, settings, dict(sorted(by_seed.items())), tries)


def _chosen(tries: list[Line], runs: list[Line]) -> dict[str, Any]:
    ran = [line["settings"] for line in runs]
    found = [
        line
        for line in tries
        if not line["diverged"] and line["settings"] in ran
    ]
    if not found:
        return dict(ran[-1])
    return dict(min(found, key=lambda line: line["best_error"])["settings"])


def _same_budget(line: Line, other: Line) -> bool:
    searched = line["settings"].keys() | other["settings"].keys()
    return all(
        line["training"][key] == value
        for key, value in other["training"].items()
        if key not in searched
    )


def _mean(method: Method, metric: str) -> float:
    errors = method.errors(metric, "all").values()
    return statistics.fmean(errors) if errors else math.inf
