"""The parts, each in a process of its own that prints a line a case.

    KERAS_BACKEND=jax python -m apps.benchmarks.gpu.parts loss 60

stops before a case when 60 seconds are over. A case that fails, for want of
memory mostly, is a line with its error.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from functools import partial
from typing import Any

import keras
import numpy as np

from apps.benchmarks.forms import FORMS
from apps.benchmarks.forms import NUM_GROUPS
from apps.benchmarks.gpu.sizes import Sizes
from apps.benchmarks.gpu.sizes import device
from apps.benchmarks.gpu.sizes import sizes_here
from apps.benchmarks.value_and_gradient import value_and_gradient
from apps.data.faces.backbone import build_encoder
from apps.data.faces.data import load_splits
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups

TURNS = 10
GROUPS = LabelGroups.equal_width(0, 120, num_groups=12)

# What tells the case in its line, and what measures it in the seconds left.
Case = tuple[dict[str, Any], Callable[[float], dict[str, Any]]]


def loss_cases(sizes: Sizes, data_dir: str | None) -> Iterator[Case]:
    """The contrastive loss, and the product that all pairs need at least."""
    for batch in sizes.batches:
        for width in sizes.widths:
            # `unsized` chooses by the batch whether to keep similarities.
            for form, name in (("plain", "plain"), ("ours", "unsized")):
                case = {"batch": batch, "features": width, "form": form}
                yield case, partial(_loss, name, batch, width)


def _loss(form: str, batch: int, features: int, left: float) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    run = value_and_gradient(
        FORMS[form],
        rng.integers(0, NUM_GROUPS, batch).astype("int32"),
        rng.normal(size=(batch, features)).astype("float32"),
    )
    run()  # loads kernels
    times = []
    for _ in range(TURNS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return {"ms": round(1e3 * statistics.median(times), 3)}


def head_cases(sizes: Sizes, data_dir: str | None) -> Iterator[Case]:
    """Images a second with one linear unit, and with Group-DIR's head."""
    for head in ("linear", "groupdir"):
        case = {
            "backbone": sizes.backbone,
            "image_size": sizes.image_size,
            "batch": sizes.head_batch,
            "precision": sizes.precision,
            "head": head,
        }
        yield case, partial(_head, head, sizes)


def _head(head: str, sizes: Sizes, left: float) -> dict[str, Any]:
    keras.config.set_dtype_policy(sizes.precision)
    count = sizes.head_batch * sizes.head_steps
    images, ages = _made_up(count, sizes.image_size)
    encoder = build_encoder(sizes.backbone, sizes.image_size, sizes.width)
    if head == "linear":
        unit = keras.layers.Dense(1, dtype="float32")(encoder.output)
        model = keras.Model(encoder.input, unit)
        model.compile("adam", loss="mae")
    else:
        model = _group_regressor(encoder)
    seconds = []
    for _ in range(3):  # the first compiles
        started = time.perf_counter()
        model.fit(images, ages, batch_size=sizes.head_batch, verbose=0)
        seconds.append(time.perf_counter() - started)
    return {"images_per_s": round(count / min(seconds[1:]), 1)}


def face_cases(sizes: Sizes, data_dir: str | None) -> Iterator[Case]:
    """An epoch of the paper's preset, or what time allows of it."""
    case = {
        "data": "made-up images" if data_dir is None else "UTKFace-DIR",
        "backbone": sizes.backbone,
        "image_size": sizes.image_size,
        "batch": sizes.face_batch,
        "precision": sizes.precision,
    }
    yield case, partial(_faces, sizes, data_dir)


def _faces(sizes: Sizes, data_dir: str | None, left: float) -> dict[str, Any]:
    keras.config.set_dtype_policy(sizes.precision)
    started = time.perf_counter()
    if data_dir is None:
        images, ages = _made_up(sizes.faces, sizes.image_size)
    else:
        faces = load_splits("utkface_dir", data_dir, sizes.image_size)["train"]
        images, ages = faces.images, faces.ages
    model = _group_regressor(
        build_encoder(sizes.backbone, sizes.image_size, sizes.width)
    )
    first = slice(sizes.face_batch)
    model.fit(images[first], ages[first], sizes.face_batch, verbose=0)
    left -= time.perf_counter() - started
    clock = _Clock(left)
    model.fit(images, ages, sizes.face_batch, verbose=0, callbacks=[clock])
    done = min(len(images), clock.batches * sizes.face_batch)
    return {
        "epoch_done": round(done / len(images), 3),
        "seconds": round(clock.seconds, 2),
        "images_per_s": round(done / clock.seconds, 1),
    }


class _Clock(keras.callbacks.Callback):
    """Stops an epoch when time is over."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self.most = most
        self.batches = 0
        self.seconds = 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        self.started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.batches = batch + 1
        self.seconds = time.perf_counter() - self.started
        if self.seconds > self.most:
            self.model.stop_training = True


def _group_regressor(encoder: keras.Model) -> GroupRegressor:
    model = GroupRegressor(encoder, GROUPS, routing="hard", error="squared")
    model.compile("adam", loss_weights=GroupRegressor.PAPER_WEIGHTS)
    return model


def _made_up(count: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, size, size, 3), dtype="uint8")
    return images, rng.uniform(1, 110, count).astype("float32")


PARTS = {"loss": loss_cases, "head": head_cases, "faces": face_cases}


def main(part: str, seconds: float, data_dir: str | None = None) -> None:
    """Prints a line of JSON for each case, as soon as it is known."""
    started = time.perf_counter()
    where = device()
    for case, run in PARTS[part](sizes_here(), data_dir):
        left = seconds - (time.perf_counter() - started)
        if left <= 0:
            return
        line = {
            "backend": keras.config.backend(),
            "device": where or "CPU, sizes scaled down",
            "part": part,
            **case,
        }
        try:
            line |= run(left)
        except Exception as error:  # what it was is in the line
            line |= {"error": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
