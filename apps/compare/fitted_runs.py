"""What is measured on models that were trained once on several data sets."""

import argparse
import hashlib
import json
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import keras

from apps.common.flags import SEED
from apps.common.flags import WHOLE
from apps.common.flags import check_differ
from apps.common.flags import refusing
from apps.common.locks import held_alone
from apps.common.results import append_json_line
from apps.common.results import check_folder
from apps.common.results import check_writable
from apps.common.results import read_json_lines
from apps.common.results import write_text
from apps.compare.data_sets import add_blocks_flag
from apps.compare.data_sets import comes_split
from apps.compare.data_sets import list_sets
from apps.compare.data_sets import name_of
from apps.data.load import add_data_flags
from apps.data.load import flags_of
from apps.data.load import load_problem
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import describe_run
from keras_groupdir.experiments import fit_method
from keras_groupdir.recipes import CompiledModels


def run_fitted(
    program: str,
    methods: Sequence[str],
    measure: Callable[[Problem, keras.Model], dict[str, Any]],
    table: Callable[[list[dict[str, Any]]], str],
    argv: list[str] | None,
) -> str:
    """Trains each method with each seed on each split, and measures it.

    A line of JSON for each run goes to `PROGRAM.jsonl` in the folder; what is
    there, of the same data, budget and version, is not run again, and what
    another process is at is waited for. The table goes to `PROGRAM.md` and is
    printed.

    Args:
        program: Name of the module in this folder.
        methods: Those that can be asked for.
        measure: What to keep of a trained model.
        table: Of the lines, as Markdown.
        argv: Of the command line.
    """
    parser = _parser(program, methods)
    arguments = parser.parse_args(argv)
    written = Path(arguments.output) / f"{program}.md"
    with refusing(parser):
        check_differ(arguments, ("seeds", "methods"))
        sets = list_sets(arguments)
        sets = sets if isinstance(sets, list) else [sets]
        _check_splits(sets, arguments.splits)
        check_folder("output", arguments.output)
        check_writable("output", written)
        problems = [
            (_name(one), load_problem(split))
            for one in sets
            for split in _splits(one, arguments.splits)
        ]
    file = written.with_suffix(".jsonl")
    asked = []
    for name, problem in problems:
        for method in arguments.methods:
            keras.utils.clear_session(free_memory=True)
            compiled = CompiledModels()
            for seed in arguments.seeds:
                asked.append(_described(name, problem, method, seed))
                with _claim(file, asked[-1]):
                    if _of(asked[-1:], read_json_lines(file)):
                        continue
                    fitted = fit_method(
                        problem, method, seed=seed, splits=(), compiled=compiled
                    )
                    found = {"diverged": True}
                    if not fitted.line["diverged"]:
                        found = measure(problem, fitted.model)
                    append_json_line(file, asked[-1] | found)
                print(f"{name} {method} seed {seed}: done", flush=True)
    text = table(_of(asked, read_json_lines(file)))
    write_text(written, text)
    print(text)
    return text


def _parser(program: str, methods: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m apps.compare.{program}")
    add_data_flags(parser, several=True)
    add_blocks_flag(parser)
    parser.add_argument(
        "--methods", nargs="+", choices=methods, default=list(methods)
    )
    parser.add_argument("--seeds", nargs="+", type=SEED, default=[0, 1, 2])
    parser.add_argument(
        "--splits",
        type=WHOLE,
        default=1,
        help="of each CSV file that does not come split, by the seeds from "
        "--split-seed on (default: 1)",
    )
    parser.add_argument("--output", default=f"runs/{program}")
    return parser


def _name(one: argparse.Namespace) -> str:
    """Of a data set, which is the same however it is split by the seed."""
    return name_of(argparse.Namespace(**{**vars(one), "split_seed": None}))


def _check_splits(sets: list[argparse.Namespace], count: int) -> None:
    """Refuses splits where there is no data set that can be split anew."""
    if count > 1 and not any(map(_is_split_here, sets)):
        raise ValueError(
            "`--splits` must be 1 where every data set comes split, as do "
            f"{', '.join(one.dataset for one in sets)}. Received: {count}"
        )


def _is_split_here(one: argparse.Namespace) -> bool:
    """Whether it is a table in one file."""
    return "split_seed" in flags_of(one.dataset) and not comes_split(
        one.dataset
    )


def _splits(one: argparse.Namespace, count: int) -> list[argparse.Namespace]:
    """Flags of each split of a data set, or of the one that it comes in."""
    if not _is_split_here(one):
        return [one]
    first = one.split_seed or 0
    return [
        argparse.Namespace(**{**vars(one), "split_seed": seed})
        for seed in range(first, first + count)
    ]


def _described(
    name: str, problem: Problem, method: str, seed: int
) -> dict[str, Any]:
    """What tells a run from others."""
    line = describe_run(problem, method, {}, seed)
    kept = ("data", "method", "seed", "training", "thresholds", "backend")
    return {
        "dataset": name,
        **{key: line[key] for key in (*kept, "keras", "library")},
    }


def _claim(file: Path, run: dict[str, Any]) -> AbstractContextManager[object]:
    """Held while a run is looked up and made, so that nobody else does."""
    text = json.dumps(run, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    lock = file.parent / ".locks" / f"{file.stem}-{run['method']}-{digest}"
    return held_alone(lock, waits=True)


def _of(
    asked: list[dict[str, Any]], lines: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """A line of each run that was asked for; files may have more of one."""
    left, found = list(asked), []
    for line in lines:
        others = [
            one
            for one in left
            if any(line.get(key) != value for key, value in one.items())
        ]
        if len(others) < len(left):
            found.append(line)
        left = others
    return found
