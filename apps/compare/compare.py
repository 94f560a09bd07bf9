"""Every method on one data set, with the same budget for each.

    python -m apps.compare diamonds --seeds 0 1 2
    python -m apps.compare sts_b_dir --data-dir DIR --glove FILE
    python -m apps.compare prices.csv --target price

For each method: `--tries` settings on the first seed, judged by the validation
set alone, then the best of them with every seed, judged once by the test set.
A line of JSON for each is in `--output`, in a file for each method; what is
there is not run again, so a killed comparison goes on where it was. Prints and
writes the report at the end, or with `--report` at once, of what there is.
"""

import argparse
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from apps.common.results import append_json_line
from apps.common.results import check_writable
from apps.compare.lines import is_of
from apps.compare.lines import read_lines
from apps.compare.problem import Problem
from apps.compare.problems.csv_table import stem_of
from apps.compare.problems.load import FLAGS
from apps.compare.problems.load import check_flags
from apps.compare.problems.load import load_problem
from apps.compare.report import report
from apps.compare.run import run
from apps.compare.search import tries
from keras_groupdir.checks import check_whole
from keras_groupdir.recipes import RECIPES


def main(argv: list[str] | None = None) -> str:
    """Runs what is missing of a comparison; returns its report."""
    arguments = _parse(argv)
    folder = Path(arguments.output or f"results/compare/{_stem(arguments)}")
    check_writable("output", folder / "report.md")
    if not arguments.report:
        problem = load_problem(arguments)
        if arguments.epochs is not None:
            training = replace(problem.training, epochs=arguments.epochs)
            problem = replace(problem, training=training)
        compare(problem, arguments, folder)
    return report(folder)


def compare(
    problem: Problem, arguments: argparse.Namespace, folder: Path
) -> None:
    """Runs the tries and the seeds that the folder does not hold yet."""
    todo = len(arguments.methods) * (
        (arguments.tries if arguments.tries > 1 else 0) + len(arguments.seeds)
    )
    progress = Progress(todo)
    for method in arguments.methods:
        path = folder / f"{method}.jsonl"
        best = _best_settings(problem, method, arguments, path, progress)
        for seed in arguments.seeds:
            _line(problem, method, "run", best, seed, path, progress, arguments)


def _best_settings(
    problem: Problem,
    method: str,
    arguments: argparse.Namespace,
    path: Path,
    progress: "Progress",
) -> dict[str, Any]:
    settings = tries(
        method,
        arguments.tries,
        problem.training.learning_rate,
        problem.task.error,
    )
    if len(settings) == 1:
        return settings[0]
    lines = [
        _line(
            problem,
            method,
            "try",
            one,
            arguments.seeds[0],
            path,
            progress,
            arguments,
        )
        for one in settings
    ]
    finite = [line for line in lines if not line["diverged"]]
    if not finite:
        return settings[0]
    best = min(finite, key=lambda line: line["best_error"])
    return dict(best["settings"])


def _line(
    problem: Problem,
    method: str,
    kind: str,
    settings: dict[str, Any],
    seed: int,
    path: Path,
    progress: "Progress",
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    for line in read_lines(path):
        if is_of(line, problem, kind, settings, seed):
            progress.skip()
            return line
    # The test set is for what the validation set has chosen.
    splits = ("val",) if kind == "try" else ("val", "test")
    line = {
        "kind": kind,
        **run(problem, method, settings, seed, splits, arguments.verbose),
    }
    append_json_line(path, line)
    progress.done(line)
    return line


class Progress:
    """Says what has been done, and how long the rest may take."""

    def __init__(self, total: int) -> None:
        self.total, self.count, self.runs = total, 0, 0
        self.started = time.perf_counter()

    def skip(self) -> None:
        """Counts what was there already."""
        self.count += 1

    def done(self, line: dict[str, Any]) -> None:
        """Counts a finished run and prints its line."""
        self.count, self.runs = self.count + 1, self.runs + 1
        each = (time.perf_counter() - self.started) / self.runs
        left = each * (self.total - self.count) / 60
        error = line["best_error"]
        print(
            f"[{self.count}/{self.total}] {line['method']} {line['kind']} "
            f"seed {line['seed']} {line['settings'] or 'as published'}: "
            + ("diverged" if error is None else f"validation {error:.4g}")
            + f", {line['seconds']:.0f} s; about {left:.0f} min left",
            flush=True,
        )


def _stem(arguments: argparse.Namespace) -> str:
    stem = stem_of(arguments.dataset)
    if arguments.target is not None:
        # Another target is another comparison.
        stem += "_" + re.sub(r"[^\w.-]+", "_", arguments.target)
    return stem


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = _parser()
    arguments = parser.parse_args(argv)
    seeds = arguments.seeds
    try:
        check_flags(arguments)
        check_whole("tries", arguments.tries, at_least=1)
        if arguments.epochs is not None:
            check_whole("epochs", arguments.epochs, at_least=1)
        for seed in seeds:
            check_whole("seeds", seed, at_least=0)
        if len(set(seeds)) < len(seeds):
            raise ValueError(f"`seeds` must differ. Received: {seeds}")
    except ValueError as error:
        parser.error(str(error))
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m apps.compare",
        description="Every method on one data set, with the same budget.",
    )
    parser.add_argument(
        "dataset",
        help=f"{', '.join(FLAGS)}, or a CSV file, or what comes before "
        "_train.csv, _val.csv and _test.csv",
    )
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=list(RECIPES),
        default=list(RECIPES),
        metavar="METHOD",
        help=f"default: all, which are {', '.join(RECIPES)}",
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument(
        "--tries",
        type=int,
        default=3,
        help="settings to try for each method; 1: as published (default: 3)",
    )
    parser.add_argument("--output", help="folder (default: results/compare/..)")
    parser.add_argument("--data-dir", help="folder with the data set's files")
    parser.add_argument("--glove", help="word vectors of sts_b_dir")
    parser.add_argument(
        "--target", help="column of a CSV file to predict; default: the first"
    )
    parser.add_argument("--epochs", type=int, help="default: the data set's")
    parser.add_argument(
        "--report", action="store_true", help="only of what there is"
    )
    parser.add_argument(
        "--verbose", type=int, default=0, help="of fit (default: 0)"
    )
    return parser
