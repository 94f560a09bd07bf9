"""Finished runs as a Markdown table of means and spreads over seeds.

    python -m apps.table results/sts_b_dir/*-[0-2].json

takes results files of `apps.diamonds`, `apps.sts_b_dir` and `apps.age`, those
of 0.1 too, and lines of `apps.compare`. Test errors, mean ± standard
deviation, a row for each kind of run and each routing.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.common.command import run_app
from apps.common.flags import refusing
from apps.common.shot_tables import check_table
from apps.common.tables import mean_and_spread
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import digits_for
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import plain
from keras_groupdir.reports import shots_note

METRICS = ("mae", "mse", "geometric_mean")
# What each app has called the table of the validation set.
VALIDATION = ("val", "validation", "dev")
# What tells kinds of runs apart, shown where it does.
KINDS = ("dataset", "weights", "backend")


@dataclass(frozen=True)
class Run:
    """One training.

    Attributes:
        names: What was run, by heading: settings, and the like of `KINDS`.
        metric: The metric that decides.
        tables: Shot tables by split, `"validation"` and `"test"`.
    """

    names: dict[str, Any]
    metric: str
    tables: dict[str, Any]

    def error(
        self, split: str, routing: str, metric: str, subset: str
    ) -> float | None:
        """What the shot tables say; of no samples, `None`."""
        rows = self.tables[split]["rows"]
        error: float | None = rows[routing][metric][subset]
        return error


def main(argv: list[str] | None = None) -> str:
    """Prints the table of the given results files, and returns it."""
    parser = argparse.ArgumentParser(
        prog="python -m apps.table",
        description="Test errors of finished runs, means over seeds.",
    )
    parser.add_argument("results", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--metric", choices=METRICS, help="default: the one that decided"
    )
    parser.add_argument(
        "--by",
        nargs="+",
        default=(),
        metavar="NAME",
        help="settings that tell kinds of runs apart (default: the method, and "
        f"those of {', '.join(KINDS)} that differ)",
    )
    arguments = parser.parse_args(argv)
    with refusing(parser):
        runs = [run for path in arguments.results for run in read_runs(path)]
        text = table(runs, arguments.metric, arguments.by)
    print(text)
    return text


def read_runs(path: Path) -> list[Run]:
    """The runs of a results file that came to an end.

    Raises:
        ValueError: If it holds no such runs; names it.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            lines = map(json.loads, text.splitlines())
            found = [line for line in lines if line["kind"] == "run"]
        else:
            found = _each(json.loads(text))
        return [_read(run) for run in found if not run.get("diverged")]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path} must hold results of a run, as JSON. Received something "
            f"else: {error!r}"
        ) from error


def table(
    runs: Sequence[Run], metric: str | None = None, by: Sequence[str] = ()
) -> str:
    """Errors of runs as Markdown.

    Args:
        runs: Of different seeds, for each kind.
        metric: Defaults to the one that decided.
        by: Names that tell kinds apart. Defaults to the method, and what of
            `KINDS` differs.

    Raises:
        ValueError: If runs cannot stand in one row, or in one table.
    """
    metrics = {metric} if metric else {run.metric for run in runs}
    if len(metrics) != 1 or not runs:
        raise ValueError(
            "`results` must be runs that one metric has decided; say which "
            f"with `metric`. Received: {len(runs)} runs, {sorted(metrics)}"
        )
    (metric,) = metrics
    for name in by:
        if not any(name in run.names for run in runs):
            raise ValueError(
                f"`by` must be names of settings of the runs. Received: {name}"
            )
    by = by or ["method", *(name for name in KINDS if _differs(name, runs))]
    by_row: dict[tuple[str, ...], list[Run]] = defaultdict(list)
    for run in runs:
        kind = [plain(run.names.get(name, "-")) for name in by]
        for routing in run.tables["test"]["rows"]:
            by_row[*kind, routing].append(run)
    columns = [("validation", metric, "all")]
    columns += [("test", metric, subset) for subset in SUBSETS]
    columns += [("test", "pearson", "all")]
    header = [f"{metric} {subset}" for _, metric, subset in columns]
    header[0] = f"validation {header[0]}"
    lines = [[*map(plain, by), "routing", "seeds", *header, "group accuracy"]]
    digits = {name: _digits(of, metric) for name, of in _by_set(runs).items()}
    for (*kind, routing), group in by_row.items():
        own = max(digits[run.names["dataset"]] for run in group)
        cells = [
            mean_and_spread(
                [run.error(split, routing, name, subset) for run in group],
                own if name == metric else 3,
            )
            for split, name, subset in columns
        ]
        seeds = _seeds(group, [*kind, routing])
        shown = "-" if routing == "model" else plain(routing)
        right = [run.tables["test"].get("group_accuracy") for run in group]
        lines.append([*kind, shown, seeds, *cells, mean_and_spread(right)])
    note = shots_note(run.tables["test"] for run in runs)
    return "\n\n".join(part for part in (markdown_table(lines), note) if part)


def _each(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The runs of a file of JSON: diamonds have those of two methods."""
    runs = content.get("runs")
    if isinstance(runs, list):
        return runs
    if runs is None:
        return [content]
    return [
        {
            **content,
            "dataset": "Diamonds",
            "method": method,
            "validation": content["validation"][method],
            "test": content["test"][method],
        }
        for method in runs
    ]


def _read(run: dict[str, Any]) -> Run:
    parts = ("training", "encoder", "flags", "settings")
    names = {k: v for part in parts for k, v in run.get(part, {}).items()}
    names |= {k: v for k, v in run.items() if not isinstance(v, dict | list)}
    if names.get("recipe") == "two_stage":
        names["method"] += f", two stages, {names['second_stage']}"
    names["weights"] = (names.get("reweight") or "none").replace("none", "-")
    if names.get("smooth_density"):
        names["weights"] += ", LDS"
    # Before this was noted.
    names.setdefault("dataset", "STS-B-DIR")
    guess = "mse" if names["dataset"] == "STS-B-DIR" else "mae"
    validation = next((name for name in VALIDATION if name in run), "val")
    tables = {"validation": run[validation], "test": run["test"]}
    for one in tables.values():
        check_table(one)
    if not isinstance(names["seed"], int):
        raise ValueError(f"seed is {names['seed']!r}")
    metric = names.get("metric", guess)
    if metric not in METRICS:
        raise ValueError(f"metric is {metric!r}")
    return Run(names, metric, tables)


def _differs(name: str, runs: Sequence[Run]) -> bool:
    return len({str(run.names.get(name)) for run in runs}) > 1


def _by_set(runs: Sequence[Run]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        found[run.names["dataset"]].append(run)
    return found


def _digits(runs: Sequence[Run], metric: str) -> int:
    """Digits behind the point that suit the largest error."""
    largest = max(
        run.error("test", routing, metric, "all") or 0.0
        for run in runs
        for routing in run.tables["test"]["rows"]
    )
    return digits_for([largest])


def _seeds(group: Sequence[Run], kind: Sequence[str]) -> str:
    seeds = sorted(run.names["seed"] for run in group)
    if len(set(seeds)) < len(seeds):
        raise ValueError(
            "`results` must have a seed once for each row; tell kinds of runs "
            f"apart with `by`. Received: seeds {seeds} for {', '.join(kind)}"
        )
    return " ".join(map(str, seeds))


if __name__ == "__main__":
    run_app("apps.table", "The same command starts anew.")
