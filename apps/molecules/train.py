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
import statistics
import sys
import time
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
from apps.common.results import whole_file
from apps.common.results import write_json
from apps.common.results import write_text
from apps.common.serving import check_served
from apps.common.serving import serve
from apps.data.molecules.data import KNOWN
from apps.data.molecules.data import MoleculeData
from apps.data.molecules.data import load_data
from apps.data.molecules.problem import problem_of
from apps.data.molecules.read import PROPERTIES
from apps.molecules.html_report import html_report
from apps.molecules.html_report import versions
from apps.molecules.methods import GROUPDIR
from apps.molecules.methods import SETTINGS
from apps.molecules.methods import TITLES
from apps.molecules.serving import export_smiles_model
from apps.molecules.verdict import Difference
from apps.molecules.verdict import by_molecules
from apps.molecules.verdict import by_seeds
from apps.molecules.verdict import sentence
from keras_groupdir.experiments import FittedMethod
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import fit_method
from keras_groupdir.models import LabelModel
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import draw_shots
from keras_groupdir.scores import ShotTable

SHOWN = ("mae", "geometric_mean", "balanced_mae")
DECIDED = {"few": "Few-shot labels", "all": "All labels"}
Runs = dict[str, dict[int, FittedMethod]]


def main(argv: list[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Runs the comparison; returns the lines of each method's runs."""
    started = time.perf_counter(), time.process_time()
    parser = _parser()
    arguments = parser.parse_args(argv)
    own = {**arguments.settings, **given(arguments)}
    settings = {
        method: {**SETTINGS.get(method, {}), **of_training(own)}
        for method in TITLES
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
    runs = _train_all(problem, settings, arguments.seeds, folder)
    said = _report(problem, runs)
    first = {m: by_seed[arguments.seeds[0]] for m, by_seed in runs.items()}
    chosen = min(first, key=lambda m: first[m].line["best_error"])
    known = _serve(folder, first[chosen].model, data, TITLES[chosen])
    picture = folder / "shots.png"
    tables = _means(runs)
    draw_shots(
        tables,
        picture,
        unit="K",
        title=f"{problem.name}: error on the balanced test set",
    )
    flags = sys.argv[1:] if argv is None else argv
    command = shlex.join(["python", "-m", "apps.molecules", *flags])
    page = html_report(
        problem.name, said, tables, known, picture, command, arguments.seeds
    )
    write_text(folder / "report.html", page)
    wall = time.perf_counter() - started[0]
    busy = time.process_time() - started[1]
    print(
        f"\nWrote report.html, shots.png, results.json and the model into "
        f"{folder}. Done in {wall:.0f} s, of which the processors took "
        f"{busy:.0f} s."
    )
    return {
        method: [run.line for run in by_seed.values()]
        for method, by_seed in runs.items()
    }


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
) -> Runs:
    runs: Runs = {method: {} for method in settings}
    lines = []
    for seed in seeds:
        for method, own in settings.items():
            name = TITLES[method]
            name += f", seed {seed}" if len(seeds) > 1 else ""
            run = _train(problem, method, own, seed, name)
            if seed != seeds[0]:
                # Many models would fill the memory; one seed's are served.
                run = run._replace(model=None)
            runs[method][seed] = run
            line = {"kind": "run", **run.line, "validation_errors": run.errors}
            lines.append({**line, "versions": versions()})
            # What is there so far, even if nothing else will be.
            write_json(folder / "results.json", {"runs": lines})
            if run.line["diverged"]:
                raise SystemExit(f"The training of {name} diverged.")
    return runs


def _train(
    problem: Problem, method: str, own: dict[str, Any], seed: int, name: str
) -> FittedMethod:
    monitor = f"val_prediction_{problem.metric}"
    return fit_method(
        problem,
        method,
        own,
        seed,
        callbacks=lambda: [EpochLines(name, monitor, problem.unit)],
    )


def _report(problem: Problem, runs: Runs) -> list[str]:
    """Prints tables and sentences; returns the sentences."""
    for method, by_seed in runs.items():
        seed, run = next(iter(by_seed.items()))
        table = run.tables["test"]
        print(f"\n{TITLES[method]}, seed {seed}, test errors in K:")
        print(table.to_text(metrics=SHOWN))
    said = []
    for subset, words in DECIDED.items():
        differences, error = _differences(problem, runs, subset)
        said.append(f"{words}: {sentence(differences, error, problem.unit)}")
    seeds = [*runs[GROUPDIR]]
    count = runs[GROUPDIR][seeds[0]].tables["test"].counts["few"]
    said.append(
        f"In brackets: 95% intervals of the change, {_how(seeds)}; they are "
        f"not corrected for there being several. {count} test molecules are "
        f"few-shot. Group-DIR predicts with {_routing(runs[GROUPDIR])} routing."
    )
    print("\n" + "\n".join(said))
    return said


def _how(seeds: list[int]) -> str:
    if len(seeds) > 1:
        return f"paired over {len(seeds)} seeds, which share one split"
    return (
        "by a paired bootstrap over the test molecules of one seed: another "
        "seed may differ by more"
    )


def _routing(by_seed: dict[int, FittedMethod]) -> str:
    found = {run.tables["test"].own for run in by_seed.values()}
    return " or ".join(sorted(found))


def _differences(
    problem: Problem, runs: Runs, subset: str
) -> tuple[list[Difference], float]:
    """From the best to each other method, and the error of the best."""
    by_seed = {
        TITLES[method]: {
            seed: _own(run)["mae"][subset] for seed, run in own.items()
        }
        for method, own in runs.items()
    }
    means = {name: statistics.fmean(e.values()) for name, e in by_seed.items()}
    best, *others = sorted(means, key=means.__getitem__)
    if len(by_seed[best]) > 1:
        found = [by_seeds(by_seed, best, other) for other in others]
    else:
        errors = _absolute_errors(problem, runs, subset)
        found = [by_molecules(errors, best, other) for other in others]
    return found, means[best]


def _own(run: FittedMethod) -> dict[str, dict[str, float]]:
    """Errors of the prediction that the model makes."""
    table = run.tables["test"]
    return table.rows[table.own]


def _absolute_errors(
    problem: Problem, runs: Runs, subset: str
) -> dict[str, np.ndarray]:
    """Of each method's one seed, on the test molecules of a subset."""
    x, y = problem.held_out("test")
    found = {}
    for method, by_seed in runs.items():
        (run,) = by_seed.values()
        predicted = run.model.predict(x, verbose=0).reshape(-1)
        thresholds = run.tables["test"].thresholds
        counts = problem.task.bins.counts(problem.task.labels)
        shots = thresholds.shots(counts[problem.task.bins.assign(y)])
        is_in = (shots == subset) | (subset == "all")
        found[TITLES[method]] = np.abs(predicted - y)[is_in]
    return found


def _means(runs: Runs) -> dict[str, ShotTable]:
    """Mean test errors over seeds, for the picture and the report."""
    found = {}
    for method, by_seed in runs.items():
        rows = [_own(run)["mae"] for run in by_seed.values()]
        means = {
            subset: statistics.fmean(row[subset] for row in rows)
            for subset in SUBSETS
        }
        table = next(iter(by_seed.values())).tables["test"]
        found[TITLES[method]] = ShotTable(
            table.counts, {"model": {"mae": means}}, thresholds=table.thresholds
        )
    return found


def _serve(
    folder: Path, model: LabelModel, data: MoleculeData, title: str
) -> list[list[str]]:
    """Writes a model, asks it for known molecules; returns a table of them."""
    known, test = data.known, data.splits["test"]
    smiles = np.concatenate([known.smiles, test.smiles])
    predicted = model.predict(data.characters.encode(smiles), verbose=0)
    if keras.config.backend() == "tensorflow":
        path = folder / "smiles_model"
        export_smiles_model(path, model, data.characters)
        served = serve(path, smiles)
        worst = check_served(path, served, predicted)
        print(
            f"\n{title} has the least validation error. Its SavedModel, "
            f"{path}, takes SMILES; reloaded, it predicts the same, to "
            f"{worst:.1e} of the largest."
        )
        predicted = served
    else:
        path = folder / "model.keras"
        with whole_file(path) as temporary:
            model.save(temporary)
        print(
            f"\n{title} has the least validation error: {path}. Serving "
            "SMILES as strings needs the TensorFlow backend."
        )
    rows = [["molecule", "SMILES", "measured (K)", "predicted (K)"]]
    for number, cas in enumerate(known.cas):
        values = known.kelvin[number], predicted[number, 0]
        rows.append(
            [KNOWN[cas], known.smiles[number], *(f"{v:.0f}" for v in values)]
        )
    print("Molecules that were in no split:")
    for name, text, *values in rows:
        print(f"  {name:12} {text:30} " + " ".join(f"{v:>13}" for v in values))
    return rows


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
    add_run_flags(parser, "Group-DIR", several=True)
    parser.add_argument(
        "--output",
        default="saved_models/molecules",
        help="folder (default: %(default)s)",
    )
    return parser
