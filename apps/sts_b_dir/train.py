"""STS-B-DIR with a GloVe-BiLSTM, by one method.

    python -m apps.sts_b_dir --method groupdir --data-dir DIR --glove FILE

Scores of 5,249 sentence pairs, 0 to 5, are skewed; validation and test are
balanced. Without `--data-dir` the pairs are downloaded through
tensorflow-datasets, without `--glove` the vectors through Keras. Trains, keeps
the epoch with the least validation error of the PREDICTION, prints the test
errors per shot and writes them to `--output`. What to expect: README.
"""

import argparse
from typing import Any

import keras

from apps.common.flags import BUDGET as BUDGET_FLAGS
from apps.common.flags import SHARE
from apps.common.flags import WHOLE
from apps.common.flags import add_run_flags
from apps.common.flags import check_settings
from apps.common.flags import check_within
from apps.common.flags import given
from apps.common.flags import refusing
from apps.common.results import check_writable
from apps.common.results import whole_file
from apps.common.results import write_json
from apps.data.sts_b_dir.data import load_data
from apps.data.sts_b_dir.problem import BUDGET
from apps.data.sts_b_dir.problem import problem_of
from apps.sts_b_dir.presets import ENCODER
from apps.sts_b_dir.presets import PRESETS
from apps.sts_b_dir.presets import preset
from keras_groupdir.experiments import FittedMethod
from keras_groupdir.experiments import fit_method
from keras_groupdir.recipes import RECIPES

_ENCODER_TYPES = {
    name: SHARE if "dropout" in name else WHOLE for name in ENCODER
}


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Trains, reports and writes one run; returns what it wrote."""
    arguments = parser().parse_args(argv)
    settings = settings_of(arguments)
    encoder = {k: settings.pop(k) for k in ENCODER if k in settings}
    with refusing(parser()):
        for name, value in encoder.items():
            check_within(name, value, _ENCODER_TYPES[name])
        check_settings(arguments.method, settings)
        output = check_writable("output", arguments.output)
        check_writable("logs", f"{arguments.logs}/run/events")
        if arguments.save is not None:
            check_writable("save", arguments.save, ".keras")
        data = load_data(arguments.data_dir, arguments.glove)
    sizes = (f"{len(y)} {name}" for name, (*_, y) in data.splits.items())
    print(
        f"STS-B-DIR: {', '.join(sizes)} pairs; {len(data.table)} words, "
        f"{data.coverage:.1%} with a vector of {data.table.shape[1]}. "
        f"Keras {keras.version()} on {keras.config.backend()}."
    )
    fitted = fit_method(
        problem_of(data, BUDGET.with_settings(settings), **encoder),
        arguments.method,
        settings,
        arguments.seed,
        callbacks=lambda: [
            keras.callbacks.TensorBoard(
                f"{arguments.logs}/{arguments.method}-{arguments.seed}"
            )
        ],
        verbose="auto",
    )
    result = {
        **fitted.line,
        "preset": arguments.preset,
        "encoder": encoder,
        "validation_errors": fitted.errors,
    }
    _report(fitted, f"{arguments.method}, seed {arguments.seed}")
    write_json(output, result)
    if arguments.save is not None:
        with whole_file(arguments.save) as temporary:
            fitted.model.save(temporary)
    print(f"Wrote {output}.")
    return result


def _report(fitted: FittedMethod, name: str) -> None:
    line = fitted.line
    if line["diverged"]:
        print("\nThe training diverged.")
        return
    print(f"\n{name}, test set:")
    print(fitted.tables["test"].to_text(metrics=("mse", "mae", "pearson")))
    if line["routing"] != "model":
        print(f"\nPredictions use {line['routing']} routing.")
    print(f"Best epoch {line['best_epoch']}, {line['seconds']:.0f} s.")


def settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The preset, then `--settings`, then the other flags."""
    return {
        **preset(arguments.preset, arguments.method),
        **arguments.settings,
        **given(arguments, (*BUDGET_FLAGS, *ENCODER)),
    }


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m apps.sts_b_dir",
        description="One method on STS-B-DIR.",
    )
    parser.add_argument(
        "--method",
        choices=list(RECIPES),
        default="groupdir",
        metavar="METHOD",
        help=f"default: groupdir; there are {', '.join(RECIPES)}",
    )
    parser.add_argument(
        "--preset",
        choices=PRESETS,
        default="cpu",
        help="cpu: minutes on two cores; paper: 2 x 1500 units, for a GPU",
    )
    add_run_flags(parser, "the method, of the encoder")
    for name, help in {
        "units": "of the LSTM in each direction",
        "num_layers": "of the LSTM",
        "dropout": "on word vectors and each sentence's features",
        "pair_dropout": "on the features of the pair",
    }.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=_ENCODER_TYPES[name], help=help
        )
    parser.add_argument(
        "--data-dir",
        help="folder with the three *_new.tsv files (default: download)",
    )
    parser.add_argument(
        "--glove",
        help="GloVe .txt, .zip or .npz (default: download 840B, 2 GB)",
    )
    parser.add_argument(
        "--output",
        default="runs/sts_b_dir.json",
        help="results file (default: %(default)s)",
    )
    parser.add_argument(
        "--logs",
        default="logs/sts_b_dir",
        help="TensorBoard folder (default: %(default)s)",
    )
    parser.add_argument(
        "--save", help="`.keras` file for the trained model (default: none)"
    )
    return parser
