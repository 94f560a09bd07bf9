"""Diamond prices, vanilla against Group-DIR, offline and in minutes.

    python -m apps.diamonds

needs no download: the data ship with plotnine. Prices from $326 to $18,823 are
very skewed; the test set is balanced over them. Trains both models with the
same budget, prints the errors per shot, draws them, writes Group-DIR as a
SavedModel and checks that the SavedModel predicts the same.
"""

import argparse
import time
from dataclasses import dataclass
from dataclasses import fields
from pathlib import Path

import keras
import numpy as np

from apps.common.pictures import draw_shots
from apps.common.results import check_writable
from apps.common.results import write_json
from apps.common.serving import check_saved_model
from apps.common.table_encoder import build_encoder
from apps.common.training import train
from apps.diamonds.data import BINS
from apps.diamonds.data import HIGH
from apps.diamonds.data import LOW
from apps.diamonds.data import Diamonds
from apps.diamonds.data import load_splits
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir import LabelModel
from keras_groupdir import evaluate_shots
from keras_groupdir import losses
from keras_groupdir import vanilla_regressor
from keras_groupdir.layers.routing import ROUTINGS
from keras_groupdir.metrics import ShotTable

METHODS = ("vanilla", "groupdir")
# Seeds differ by about as many per cent.
NOISE = 3.0


@dataclass(frozen=True)
class Settings:
    """What `python -m apps.diamonds` can be told."""

    seed: int = 0
    epochs: int = 25
    patience: int = 10
    batch_size: int = 512
    learning_rate: float = 5e-3
    num_groups: int = 10
    expert_weight: float = 1.0
    routing: str = "mixture"
    output: str = "saved_models/diamonds"
    logs: str = "logs/diamonds"


def main(argv: list[str] | None = None) -> dict[str, ShotTable]:
    """Runs the comparison; returns the test table of each method."""
    settings = _parse(argv)
    started = time.perf_counter()
    folder = Path(settings.output)
    check_writable("output", folder / "results.json")
    splits = load_splits(settings.seed)
    print(
        "Diamonds: {} to train on, {} to validate, {} to test; prices ${:.0f} "
        "to ${:.0f}, median ${:.0f}. Keras {} on {}.".format(
            *(len(split.y) for split in splits.values()),
            splits["train"].y.min(),
            splits["train"].y.max(),
            np.median(splits["train"].y),
            keras.version(),
            keras.config.backend(),
        )
    )
    tables, runs, models, validation = {}, {}, {}, {}
    for method in METHODS:
        print(f"\nTraining {method}:")
        models[method], runs[method] = _train(method, splits, settings)
        validation[method] = _evaluate(models[method], splits, "val").as_dict()
        tables[method] = _evaluate(models[method], splits, "test")
    _report(tables, settings)
    draw_shots(
        folder / "shots.png",
        tables,
        metric="mae",
        unit="dollars",
        title="Diamond prices: error on the balanced test set",
    )
    write_json(
        folder / "results.json",
        {
            "settings": {
                name: value
                for name, value in vars(settings).items()
                if name not in ("output", "logs")
            },
            "backend": keras.config.backend(),
            "runs": runs,
            "validation": validation,
            "test": {name: table.as_dict() for name, table in tables.items()},
        },
    )
    _export(models["groupdir"], splits["test"].x, folder / "groupdir")
    print(
        f"Wrote {folder}/shots.png, results.json and groupdir/. "
        f"Done in {time.perf_counter() - started:.0f} s."
    )
    return tables


def _train(
    method: str, splits: dict[str, Diamonds], settings: Settings
) -> tuple[LabelModel, dict[str, object]]:
    keras.utils.set_random_seed(settings.seed)
    encoder = build_encoder(splits["train"].x)
    steps = -(-len(splits["train"].y) // settings.batch_size) * settings.epochs
    optimizer = keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
    )
    model: LabelModel
    if method == "vanilla":
        model = vanilla_regressor(encoder, LOW, HIGH)
        model.compile(
            optimizer,
            loss={"prediction": "mae"},
            metrics={"prediction": ["mae"]},
        )
    else:
        groups = LabelGroups.equal_width(LOW, HIGH, settings.num_groups)
        model = GroupRegressor(encoder, groups, routing=settings.routing)
        parts = model.default_losses()
        parts["expert_values"] = losses.RoutedMeanSquaredError(
            groups, error="absolute"
        )
        model.compile(
            optimizer,
            loss=parts,
            loss_weights={
                **model.default_loss_weights(),
                "expert_values": settings.expert_weight,
            },
        )
    run = train(
        model,
        (splits["train"].x, splits["train"].y),
        (splits["val"].x, splits["val"].y),
        epochs=settings.epochs,
        patience=settings.patience,
        monitor="val_prediction_mae",
        log_dir=Path(settings.logs) / method,
        batch_size=settings.batch_size,
    )
    return model, run


def _evaluate(
    model: LabelModel, splits: dict[str, Diamonds], name: str
) -> ShotTable:
    return evaluate_shots(
        model,
        splits[name].x,
        splits[name].y,
        splits["train"].y,
        BINS,
        batch_size=1024,
        verbose=0,
    )


def _report(tables: dict[str, ShotTable], settings: Settings) -> None:
    for method, table in tables.items():
        print(f"\n{method}, test set, errors in dollars:")
        print(table.to_text(metrics=("mae", "geometric_mean", "balanced_mae")))
    vanilla = tables["vanilla"].rows["model"]["mae"]
    ours = tables["groupdir"].rows[settings.routing]["mae"]
    changes = {
        subset: 100 * (ours[subset] / vanilla[subset] - 1) for subset in ours
    }
    print(
        f"\n{_verdict(changes['all'])} Group-DIR's MAE ({settings.routing} "
        "routing) against vanilla's: "
        + ", ".join(
            f"{change:+.1f}% {name}" for name, change in changes.items()
        )
        + f". That is one seed; less than {NOISE:.0f}% is noise."
    )


def _verdict(change: float) -> str:
    if abs(change) < NOISE:
        return "No clear winner overall."
    return f"{'Group-DIR' if change < 0 else 'Vanilla'} won overall."


def _export(model: LabelModel, x: np.ndarray, folder: Path) -> None:
    model.export(folder, verbose=False)
    worst = check_saved_model(folder, model, x)
    print(
        f"\nThe SavedModel predicts the same prices, to {worst:.1e} of the "
        "largest."
    )


def _parse(argv: list[str] | None) -> Settings:
    parser = argparse.ArgumentParser(prog="python -m apps.diamonds")
    for field in fields(Settings):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=type(field.default),
            default=field.default,
            choices=ROUTINGS if field.name == "routing" else None,
            help=f"default: {field.default}",
        )
    return Settings(**vars(parser.parse_args(argv)))
