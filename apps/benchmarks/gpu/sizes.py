"""Sizes of the parts, and what a CPU does in seconds instead."""

import importlib
from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Sizes:
    """Of all parts; `seconds` is what one part may take, on one backend."""

    batches: tuple[int, ...] = (4096, 8192, 16384, 32768, 65536)
    widths: tuple[int, ...] = (128, 1024)
    backbone: str = "resnet50"
    width: float = 1.0
    image_size: int = 224
    head_batch: int = 64
    head_steps: int = 20
    # Training faces of AgeDB-DIR, and the batch of the paper's preset.
    faces: int = 12_208
    face_batch: int = 256
    precision: str = "mixed_bfloat16"


# A test's: every line of code runs, and no figure means anything.
ON_CPU = Sizes(
    batches=(64, 128),
    widths=(16,),
    backbone="resnet4",
    width=0.125,
    image_size=16,
    head_batch=8,
    head_steps=2,
    faces=32,
    face_batch=16,
)


def device() -> str | None:
    """The accelerator's name on this backend, or None on a CPU alone."""
    if keras.config.backend() == "torch":
        cuda = importlib.import_module("torch").cuda
        return str(cuda.get_device_name()) if cuda.is_available() else None
    first: Any = importlib.import_module("jax").devices()[0]
    return None if first.platform == "cpu" else str(first.device_kind)


def sizes_here() -> Sizes:
    """The full ones on an accelerator."""
    return ON_CPU if device() is None else Sizes()
