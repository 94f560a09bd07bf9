"""Ages of faces by any recipe, from image files to a served model.

    python -m apps.age --dataset utkface_dir --data-dir DIR --method groupdir

trains a ResNet from nothing on faces whose ages are skewed, keeps the epoch
with the least validation error of the PREDICTION, prints the errors of a
balanced test set per shot and writes into `--output` what is needed to look at
the run (`python -m apps.age.report`) and to serve it. `--resume` goes on after
a kill, to the same weights. What to expect: README.
"""

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import keras

from apps.age.compiled_stage import new_encoder
from apps.age.results import write_results
from apps.age.settings import Settings
from apps.age.settings import as_flags
from apps.age.settings import make_parser
from apps.age.settings import parse
from apps.age.strategy import Strategy
from apps.age.strategy import start_strategy
from apps.age.trainer import Trainer
from apps.common.flags import check_settings
from apps.common.flags import refusing
from apps.common.locks import held_alone
from apps.common.results import check_writable
from apps.data.faces.data import Faces
from apps.data.faces.data import load_splits


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Trains, reports and writes one run; returns what it wrote."""
    settings = parse(argv)
    folder = Path(settings.output)
    with contextlib.ExitStack() as held:
        with refusing(make_parser()):
            strategy = start_strategy(settings.strategy)
            check_settings(settings.method, settings.settings)
            check_writable("output", folder / "results.json")
            check_writable("logs", f"{settings.logs}/events")
            if strategy.writes:
                held.enter_context(held_alone(folder / ".lock", False))
                _check_free(folder, settings)
            faces = load_faces(settings)
        return _train(settings, strategy, faces)


def load_faces(settings: Settings) -> dict[str, Faces]:
    """The faces, and from here on the precision of a run."""
    keras.config.set_dtype_policy(settings.precision)
    if settings.cache_dir is not None:
        check_writable("cache_dir", f"{settings.cache_dir}/images")
    new_encoder(settings)  # an error now, if there can be no such one
    return load_splits(
        settings.dataset,
        settings.data_dir,
        settings.image_size,
        settings.cache_dir,
    )


def _train(
    settings: Settings, strategy: Strategy, faces: dict[str, Faces]
) -> dict[str, Any]:
    print(
        f"{settings.dataset}: "
        + ", ".join(f"{len(part.ages)} {name}" for name, part in faces.items())
        + f" faces of {settings.image_size} pixels. Keras {keras.version()} "
        f"on {keras.config.backend()}, {settings.precision}."
    )
    started = time.perf_counter()
    model, checkpoint = Trainer(settings, faces, strategy).train()
    seconds = time.perf_counter() - started
    if not strategy.writes:
        return {}
    return write_results(model, checkpoint, faces, settings, seconds)


def _check_free(folder: Path, settings: Settings) -> None:
    """Refuses a folder with another run, or with this one unless resumed."""
    path = folder / "settings.json"
    if not path.exists():
        return
    if not settings.resume:
        raise ValueError(
            f"`--output`: {folder} holds a run already. Go on with it by "
            "--resume, or choose another folder."
        )
    flags = as_flags(settings)
    before = json.loads(path.read_text(encoding="utf-8"))
    other = sorted(k for k in flags if flags[k] != before.get(k))
    if other:
        raise ValueError(
            f"`--resume`: {folder} was started with other settings: "
            + ", ".join(f"{k}={before.get(k)!r}" for k in other)
        )
