"""Batches as training can bring them on its worst days."""

import numpy as np

SIZE = 8


def nasty_outputs(rng, base):
    """A batch of outputs made of a tame one, `(SIZE, width)`, float32."""
    change = CHANGES[rng.integers(len(CHANGES))]
    return change(rng, base.astype("float64")).astype("float32")


def nasty_labels(rng, base, places):
    """Labels with ties, ends and near ties; `places` are legal labels."""
    low, high = min(places), max(places)
    kind = rng.integers(7)
    if kind == 0:  # all the same
        return np.full_like(base, rng.choice(base))
    if kind == 1:
        return rng.choice(base[:2], len(base))
    if kind == 2:
        return rng.choice([low, high], len(base)).astype("float32")
    if kind == 3:
        return rng.choice(places, len(base)).astype("float32")
    if kind == 4:  # ties but for the last digits
        near = base[0] * (1 + 1e-7 * rng.integers(-3, 4, len(base)))
        return np.clip(near, low, high).astype("float32")
    if kind == 5:
        return np.sort(base)
    return base


def _ten_to_the(rng, *size):
    return 10 ** rng.uniform(-6, 4, size)


def _one_entry(rng, base):
    row, column = (rng.integers(size) for size in base.shape)
    base[row, column] *= 1e4
    return base


def _some_zeros(rng, base):
    return base * (rng.uniform(size=(len(base), 1)) < 0.5)


def _all_near(rng, base):
    return base[0] * (1 + 1e-7 * rng.integers(-3, 4, base.shape))


def _opposites(rng, base):
    base[1::2] = -base[::2]
    return base


CHANGES = (
    lambda rng, base: base,
    lambda rng, base: base * _ten_to_the(rng, 1),
    lambda rng, base: base * _ten_to_the(rng, len(base), 1),
    lambda rng, base: base * _ten_to_the(rng, *base.shape),
    lambda rng, base: base + base.std() * _ten_to_the(rng, 1),
    lambda rng, base: np.repeat(base[:1], len(base), axis=0),
    lambda rng, base: np.round(base),
    lambda rng, base: 0 * base,
    _one_entry,
    _some_zeros,
    _all_near,
    _opposites,
)
