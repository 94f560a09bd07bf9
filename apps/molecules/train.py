"""Melting points of molecules from their SMILES, offline and in minutes.

    python -m apps.molecules

needs no download: the data ship with the package chemicals. Most of 11,398
molecules melt near 350 K, few below 150 or above 600; validation and test set
are balanced over that. Trains a plain regression, one with density weights and
Group-DIR with the same budget, prints the errors per shot and who won by how
much, and writes a picture, a report and the numbers. The model with the least
validation error becomes a SavedModel that takes SMILES as strings; it is
reloaded and asked for molecules that were in no split.
"""

import argparse
import shlex
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from apps.common.epoch_lines import EpochLines
from apps.common.flags import add_run_flags
from apps.common.flags import check_differ
from apps.common.flags import check_settings
from apps.common.flags import given
from apps.common.flags import of_training
from apps.common.flags import refusing
from apps.common.results import check_writable
from apps.common.results import write_json
from apps.common.results import write_text
from apps.data.molecules.data import MoleculeData
from apps.data.molecules.data import load_data
from apps.data.molecules.problem import BUDGET
from apps.data.molecules.problem import problem_of
from apps.data.molecules.read import PROPERTIES
from apps.molecules.html_report import html_report
from apps.molecules.html_report import versions
from apps.molecules.methods import GROUPDIR
from apps.molecules.methods import SETTINGS
from apps.molecules.methods import TITLES
from apps.molecules.outcome import Outcome
from apps.molecules.outcome import Runs
from apps.molecules.serve_known import serve_known
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import FittedMethod
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import fit_method
from keras_groupdir.experiments import validation_error
from keras_groupdir.reports import draw_shots
from keras_groupdir.reports import errors_table

SHOWN = ("mae", "geometric_mean", "balanced_mae")


def main(argv: list[str] | None = None) -> list[dict[str, Any]]:
    """Runs the comparison; returns a line for each run."""
    started, worked = time.perf_counter(), time.process_time()
    parser = _parser()
    arguments = parser.parse_args(argv)
    own = {**arguments.settings, **given(arguments)}
    settings = {
        method: {**SETTINGS[method], **of_training(own)} for method in TITLES
    }
    settings[GROUPDIR] |= own
    folder = Path(arguments.output)
    with refusing(parser):
        check_differ(arguments, ("seeds",))
        check_settings(GROUPDIR, settings[GROUPDIR])
        check_writable("output", folder / "results.json")
        data = load_data(arguments.property)
    problem = problem_of(data)
    print(_in_words(data))
    runs, lines = _train_all(problem, settings, arguments.seeds, folder)
    outcome = Outcome(problem, runs)
    _print_tables(runs, lines)
    said = outcome.sentences()
    print("\n" + "\n".join(said))
    known = _serve_best(
        {m: by_seed[outcome.seeds[0]] for m, by_seed in runs.items()},
        folder,
        data,
    )
    tables = outcome.mean_tables()
    picture = folder / "shots.png"
    draw_shots(
        tables,
        picture,
        problem.metric,
        problem.unit,
        f"{problem.name}: error on the balanced test set",
    )
    flags = sys.argv[1:] if argv is None else argv
    command = shlex.join(["python", "-m", "apps.molecules", *flags])
    page = html_report(
        problem.name, said, tables, known, picture, command, outcome.seeds
    )
    write_text(folder / "report.html", page)
    wall, busy = time.perf_counter() - started, time.process_time() - worked
    print(
        f"\nWrote report.html, shots.png, results.json and the model into "
        f"{folder}. Done in {wall:.0f} s; {busy:.0f} s of processor time."
    )
    return lines


def _in_words(data: MoleculeData) -> str:
    train, val, test = (data.splits[name] for name in ("train", "val", "test"))
    kelvin = train.kelvin
    return (
        f"Molecules, {data.measured} points: {len(train)} to train on, "
        f"{len(val)} to validate, {len(test)} to test, {len(data.known)} kept "
        f"out for the end; {kelvin.min():.0f} to {kelvin.max():.0f} K, median "
        f"{np.median(kelvin):.0f} K. Keras {keras.version()} on "
        f"{keras.config.backend()}."
    )


def _train_all(
    problem: Problem,
    settings: dict[str, dict[str, Any]],
    seeds: list[int],
    folder: Path,
) -> tuple[Runs, list[dict[str, Any]]]:
    runs: Runs = {method: {} for method in settings}
    lines = []
    monitor = f"val_prediction_{problem.metric}"
    for seed in seeds:
        for method, own in settings.items():
            name = TITLES[method]
            name += f", seed {seed}" if len(seeds) > 1 else ""
            said = EpochLines(name, monitor, problem.unit)
            run = fit_method(
                problem, method, own, seed, callbacks=partial(list, [said])
            )
            runs[method][seed] = run
            lines.append(
                {
                    "kind": "run",
                    **run.line,
                    "validation_errors": run.errors,
                    "versions": versions(),
                }
            )
            # What there is so far, whatever comes.
            write_json(folder / "results.json", {"runs": lines})
            if run.line["diverged"]:
                raise SystemExit(f"The training of {name} diverged.")
    return runs, lines


def _serve_best(
    fitted: dict[str, FittedMethod], folder: Path, data: MoleculeData
) -> list[list[str]]:
    """Serves what validation chooses; what it says of known molecules."""
    chosen = min(fitted, key=lambda one: validation_error(fitted[one].line))
    print(f"\n{TITLES[chosen]} has the least validation error.", end=" ")
    known = serve_known(folder, fitted[chosen].model, data)
    print("Molecules that were in no split:")
    for name, text, *values in known:
        print(f"  {name:12} {text:30} " + " ".join(f"{v:>13}" for v in values))
    return known


def _print_tables(runs: Runs, lines: list[dict[str, Any]]) -> None:
    for method, by_seed in runs.items():
        seed, run = next(iter(by_seed.items()))
        print(f"\n{TITLES[method]}, seed {seed}, test errors in K:")
        print(run.tables["test"].to_text(metrics=SHOWN))
    if len(lines) > len(runs):
        print(f"\n{errors_table(Comparison.from_lines(lines))}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m apps.molecules",
        description="Melting or boiling points of molecules from their SMILES: "
        "plain regression, density weights and Group-DIR.",
    )
    parser.add_argument(
        "--property",
        choices=list(PROPERTIES),
        default="melting",
        help="what to predict (default: melting)",
    )
    add_run_flags(parser, "Group-DIR", several=True, budget=BUDGET)
    parser.add_argument(
        "--output",
        default="saved_models/molecules",
        help="folder (default: %(default)s)",
    )
    return parser
