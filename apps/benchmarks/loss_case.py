"""One case of the loss benchmark, in a process of its own.

    KERAS_BACKEND=jax python -m apps.benchmarks.loss_case kept 1024 128

measures memory on the first call, then times the form and the plain product by
turns, and prints a line of JSON.
"""

import json
import statistics
import sys
import time
from typing import Any

import keras
import numpy as np

from apps.benchmarks.forms import FORMS
from apps.benchmarks.forms import NUM_GROUPS
from apps.benchmarks.forms import plain
from apps.benchmarks.memory import peak_memory
from apps.benchmarks.value_and_gradient import Run
from apps.benchmarks.value_and_gradient import value_and_gradient

LEAST_TURNS, MOST_TURNS = 3, 50
SECONDS = 4.0


def measure(form: str, batch: int, features: int) -> dict[str, Any]:
    """Times one form against the plain product.

    Args:
        form: A name in `FORMS`.
        batch: Samples.
        features: Width of the embeddings.

    Returns:
        Milliseconds (medians), their ratio (median over turns) and megabytes.
    """
    rng = np.random.default_rng(0)
    data = (
        rng.integers(0, NUM_GROUPS, batch).astype("int32"),
        rng.normal(size=(batch, features)).astype("float32"),
    )
    run = value_and_gradient(FORMS[form], *data)
    megabytes = peak_memory(run)
    reference = value_and_gradient(plain, *data)
    reference()
    times, plain_times = _by_turns(run, reference)
    ratios = [a / b for a, b in zip(times, plain_times, strict=True)]
    return {
        "backend": keras.config.backend(),
        "form": form,
        "batch": batch,
        "features": features,
        "ms": round(1e3 * statistics.median(times), 3),
        "plain_ms": round(1e3 * statistics.median(plain_times), 3),
        "ratio": round(statistics.median(ratios), 3),
        "peak_mb": None if megabytes is None else round(megabytes, 1),
        "turns": len(times),
    }


def _by_turns(run: Run, reference: Run) -> tuple[list[float], list[float]]:
    """Seconds of each, alternating, so that both meet the same noise."""
    run()
    times: list[float] = []
    plain_times: list[float] = []
    started = time.perf_counter()
    while len(times) < LEAST_TURNS or (
        len(times) < MOST_TURNS and time.perf_counter() - started < SECONDS
    ):
        times.append(_seconds(run))
        plain_times.append(_seconds(reference))
    return times, plain_times


def _seconds(run: Run) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


if __name__ == "__main__":
    name, rows, width = sys.argv[1:]
    print(json.dumps(measure(name, int(rows), int(width))))
