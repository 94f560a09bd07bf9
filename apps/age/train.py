"""Ages of faces, Group-DIR or a plain regression.

    python -m apps.age --dataset utkface_dir --data-dir DIR --method groupdir

trains a ResNet from nothing on faces whose ages are skewed, keeps the epoch
with the least validation error of the PREDICTION, prints the errors of a
balanced test set per shot and writes into `--output` what is needed to look at
the run (`python -m apps.age.report`) and to serve it. `--resume` goes on after
a kill, to the same weights. What to expect: README.
"""

import json
import time
from pathlib import Path
from typing import Any

import keras

from apps.age.data import Faces
from apps.age.data import load_splits
from apps.age.fit import fit
from apps.age.models import build_model
from apps.age.models import compile_contrastive
from apps.age.models import compile_heads
from apps.age.results import write_results
from apps.age.settings import Settings
from apps.age.settings import as_flags
from apps.age.settings import parse
from apps.age.strategy import Strategy
from apps.age.strategy import start_strategy
from apps.age.weights import face_weights
from apps.common.checkpoint import Checkpoint
from apps.common.results import check_writable
from apps.common.results import write_json
from keras_groupdir import LabelModel
from keras_groupdir.models.split_model import encoder_of

MONITOR = "val_prediction_mae"


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Trains, reports and writes one run; returns what it wrote."""
    settings = parse(argv)
    strategy = start_strategy(settings.strategy)
    folder = Path(settings.output)
    check_writable("output", folder / "results.json")
    if strategy.writes:
        _check_free(folder, settings)
    keras.config.set_dtype_policy(settings.precision)
    faces = load_splits(
        settings.dataset,
        settings.data_dir,
        settings.image_size,
        settings.cache_dir,
    )
    print(
        f"{settings.dataset}: "
        + ", ".join(f"{len(part.ages)} {name}" for name, part in faces.items())
        + f" faces of {settings.image_size} pixels. Keras {keras.version()} "
        f"on {keras.config.backend()}, {settings.precision}."
    )
    started = time.perf_counter()
    checkpoint = train(settings, faces, strategy)
    seconds = time.perf_counter() - started
    if not strategy.writes:
        return {}
    # Without a strategy: any process can predict on its own.
    model = build_model(settings)
    checkpoint.restore_best(model)
    return write_results(model, checkpoint, faces, settings, seconds)


def train(
    settings: Settings, faces: dict[str, Faces], strategy: Strategy
) -> Checkpoint:
    """Trains all stages, or what is left of them."""
    size = len(faces["train"].ages)
    steps = size // min(settings.batch_size, size)
    with strategy.scope():
        model = build_model(settings)
        if strategy.writes:
            # The folder is taken only by what can be built.
            flags = as_flags(settings)
            write_json(Path(settings.output) / "settings.json", flags)
        if settings.recipe == "two_stage":
            _pretrain(model, settings, faces, strategy, steps)
            if settings.second_stage == "probe":
                encoder_of(model).trainable = False
        compile_heads(model, settings, steps * settings.epochs)
        checkpoint = fit(
            model,
            faces,
            settings,
            strategy,
            "heads" if settings.recipe == "two_stage" else "joint",
            settings.epochs,
            MONITOR,
            face_weights(faces["train"].ages, settings),
        )
    if checkpoint.epochs < settings.epochs or checkpoint.best_epoch is None:
        raise SystemExit(
            f"Training diverged in epoch {checkpoint.epochs + 1}. Try a "
            f"smaller --learning-rate than {settings.learning_rate:g}, in "
            "another folder."
        )
    return checkpoint


def _pretrain(
    model: LabelModel,
    settings: Settings,
    faces: dict[str, Faces],
    strategy: Strategy,
    steps: int,
) -> None:
    """The encoder alone, on two views of every face, up to its last epoch."""
    compile_contrastive(model, settings, steps * settings.pretrain_epochs)
    fit(
        model,
        faces,
        settings,
        strategy,
        "encoder",
        settings.pretrain_epochs,
        "val_loss",
        views=2,
    )


def _check_free(folder: Path, settings: Settings) -> None:
    """Refuses a folder with another run, or with this one unless resumed."""
    path = folder / "settings.json"
    if not path.exists():
        return
    if not settings.resume:
        raise SystemExit(
            f"`--output`: {folder} holds a run already. Go on with it by "
            "--resume, or choose another folder."
        )
    flags = as_flags(settings)
    before = json.loads(path.read_text(encoding="utf-8"))
    other = sorted(k for k in flags if flags[k] != before.get(k))
    if other:
        raise SystemExit(
            f"`--resume`: {folder} was started with other settings: "
            + ", ".join(f"{k}={before.get(k)!r}" for k in other)
        )
