"""Finished runs of a comparison, method by method."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from typing import Any
from typing import Self

from keras_groupdir.experiments.differences import differences
from keras_groupdir.experiments.method import Line
from keras_groupdir.experiments.method import Method
from keras_groupdir.experiments.method import validation_error

VANILLA = "vanilla"


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
        best on validation, by the seeds that all of them were run with; without
        such a seed, the last ones or what the tries say.

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
        called = Counter(method.title for method in methods)
        methods = [
            replace(method, has_twin=called[method.title] > 1)
            for method in methods
        ]
        return cls(sorted(methods, key=_mean))

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
    def data(self) -> str:
        """Digest of the data."""
        return str(self.lines[0]["data"])

    @property
    def metric(self) -> str:
        """The metric that decides."""
        return str(self.lines[0]["metric"])

    @property
    def unit(self) -> str:
        """Of the labels."""
        return str(self.lines[0]["unit"])

    @property
    def printed(self) -> str | None:
        """The paper's table of this data set."""
        name: str | None = self.lines[0].get("printed")
        return name

    @property
    def vanilla(self) -> Method | None:
        """What the others are compared with, if it has come to an end."""
        found = [m for m in self.methods if m.name == VANILLA and m.finite]
        return found[0] if found else None


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


def _chosen(tries: list[Line], runs: list[Line]) -> dict[str, Any]:
    ran = [line["settings"] for line in runs]
    errors = [
        {line["seed"]: _error(line) for line in runs if line["settings"] == one}
        for one in ran
    ]
    # More seeds, or luckier ones, are no merit of settings.
    shared = set.intersection(*map(set, errors))
    if shared:
        means = [statistics.fmean(own[s] for s in shared) for own in errors]
        return dict(ran[means.index(min(means))])
    tried = [line for line in tries if line["settings"] in ran]
    return best_try(tried, default=dict(ran[-1]))


def _error(line: Line) -> float:
    return math.inf if line["diverged"] else validation_error(line)


def _mean(method: Method) -> float:
    metric = next(iter(method.runs.values()))["metric"]
    errors = method.errors(metric, "all").values()
    return statistics.fmean(errors) if errors else math.inf
