"""Pairs per second of the text encoder, before and after, in one process.

    KERAS_BACKEND=jax python -m apps.benchmarks.encoder_case 2560 128

trains a plain regression on made-up sentence pairs, by turns with masked Keras
layers on batches padded to 40 words and with the encoder of
`apps.data.sts_b_dir` on its length buckets, and prints a line of JSON. Lengths
are spread much as in STS-B, where 78% of the pairs have at most 16 words and
92% at most 24: here it is 76% and 95%.
"""

import json
import statistics
import sys
import time
from typing import Any

import keras
import numpy as np

from apps.benchmarks.masked_encoder import build_masked_encoder
from apps.data.sts_b_dir.batches import PairBatches
from apps.data.sts_b_dir.encoder import SentenceEncoder
from apps.data.sts_b_dir.encoder import build_encoder
from apps.data.sts_b_dir.text import MAX_TOKENS
from keras_groupdir import VanillaRegressor

WORDS, WIDTH, BATCH = 8000, 100, 128
TURNS = 9


def measure(pairs: int, units: int) -> dict[str, Any]:
    """Times an epoch of each.

    Args:
        pairs: Pairs of an epoch, a multiple of the batch size of 128.
        units: LSTM units of each direction.

    Returns:
        Pairs per second (medians), the ratio (median over turns), and the
        largest difference of the two encoders' outputs before training.
    """
    rng = np.random.default_rng(0)
    first, second = _sentences(rng, pairs)
    scores = rng.uniform(0, 5, pairs).astype("float32")
    table = rng.normal(size=(WORDS, WIDTH)).astype("float32")
    after = build_encoder(table, units, num_layers=1, dropout=0.0, seed=0)
    (layer,) = (x for x in after.layers if isinstance(x, SentenceEncoder))
    before = build_masked_encoder(layer)
    probe = {"first": first[:BATCH], "second": second[:BATCH]}
    difference = np.abs(
        after.predict(probe, verbose=0) - before.predict(probe, verbose=0)
    ).max()

    epochs = {
        "before": _epoch(before, {"first": first, "second": second}, scores),
        "after": _epoch(after, PairBatches(first, second, scores, BATCH, 0)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in epochs}
    for turn in range(TURNS + 1):
        for name, epoch in epochs.items():
            started = time.perf_counter()
            epoch()
            if turn:  # the first one compiles
                seconds[name].append(time.perf_counter() - started)
    pace = {name: pairs / statistics.median(t) for name, t in seconds.items()}
    turns = zip(seconds["before"], seconds["after"], strict=True)
    return {
        "backend": keras.config.backend(),
        "pairs": pairs,
        "units": units,
        "before_pairs_per_s": round(pace["before"], 1),
        "after_pairs_per_s": round(pace["after"], 1),
        "speed_up": round(statistics.median(a / b for a, b in turns), 2),
        "largest_difference": float(f"{difference:.1e}"),
    }


def _sentences(
    rng: np.random.Generator, pairs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Word ids of both sentences, whose lengths go together."""
    common = rng.normal(2.4, 0.42, (pairs, 1))
    own = rng.normal(0, 0.15, (pairs, 2))
    lengths = np.clip(np.rint(np.exp(common + own)), 3, MAX_TOKENS)
    ids = rng.integers(1, WORDS, (pairs, 2, MAX_TOKENS)).astype("int32")
    ids[np.arange(MAX_TOKENS) >= lengths[:, :, None]] = 0
    return ids[:, 0], ids[:, 1]


def _epoch(encoder: keras.Model, x: Any, y: Any = None) -> Any:
    model = VanillaRegressor(encoder, 0, 5, error="squared")
    model.compile("adamw")
    size = {} if y is None else {"batch_size": BATCH}
    return lambda: model.fit(x, y, verbose=0, **size)


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:]))))
