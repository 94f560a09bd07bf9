"""Images per second of the input and of a training step, apart.

    python -m apps.age.speed --data-dir DIR --output results/speed

takes the flags of `python -m apps.age`. The input is what `fit` is fed with,
prepared by one thread; the step is Keras's on a batch that lies ready, of the
first stage. Writes `speed-BACKEND.json` into `--output`.
"""

import itertools
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from apps.age.compiled_stage import compiled_stage
from apps.age.compiled_stage import new_encoder
from apps.age.settings import as_flags
from apps.age.settings import make_parser
from apps.age.settings import parse
from apps.age.train import load_faces
from apps.common.command import run_app
from apps.common.flags import check_settings
from apps.common.flags import refusing
from apps.common.results import check_writable
from apps.common.results import write_json
from apps.data.faces.task import face_task
from apps.data.faces.training_batches import TrainingBatches

WARM_UP, TURNS = 3, 15


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Measures both, prints and writes them."""
    settings = parse(argv)
    path = Path(settings.output) / f"speed-{keras.config.backend()}.json"
    with refusing(make_parser()):
        check_settings(settings.method, settings.settings)
        check_writable("output", path)
        faces = load_faces(settings)
    train = faces["train"]
    batches = TrainingBatches(train, settings.batch_size, settings.seed)
    stage, task = settings.recipe.stages[0], face_task(train.ages)
    model = stage.build(new_encoder(settings), task)
    model = compiled_stage(stage, model, task, settings, steps=1000)
    places = itertools.count()
    images, ages, weights = batches[next(places)]
    count = len(ages)
    prepare = _median_seconds(lambda: batches[next(places)])
    step = _median_seconds(lambda: model.train_on_batch(images, ages, weights))
    result = {
        "settings": as_flags(settings),
        "backend": keras.config.backend(),
        "keras": keras.version(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "input_images_per_s": round(count / prepare, 1),
        "step_images_per_s": round(count / step, 1),
        "input_over_step": round(step / prepare, 2),
    }
    print(
        f"Input {result['input_images_per_s']:.0f} images per second (one "
        f"thread), training step {result['step_images_per_s']:.0f}: the input "
        f"is {result['input_over_step']:.1f} times as fast."
    )
    write_json(path, result)
    return result


def _median_seconds(run: Callable[[], Any]) -> float:
    seconds = []
    for turn in range(WARM_UP + TURNS):
        started = time.perf_counter()
        run()
        if turn >= WARM_UP:
            seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    run_app("apps.age.speed", "The same command starts anew.")
