"""The part of the training samples that chooses the epoch."""

import numpy as np

from keras_groupdir.checks import check_number
from keras_groupdir.labels import LabelGroups
from keras_groupdir.labels import balanced_split


def validation_part(
    labels: np.ndarray,
    bins: LabelGroups,
    fraction: float,
    balanced: bool,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Rows to train on and rows to validate on.

    A plain part has labels as they come: of the samples in the order of their
    labels, one of each stretch of `1 / fraction`. A balanced one takes as many
    of each bin as come to the fraction, but at most a third of a bin.

    Args:
        labels: Labels. Shape `(n,)`.
        bins: Bins of the label histogram.
        fraction: Share of samples to validate on, from 0 up to below 1.
        balanced: Whether the part is balanced.
        seed: Of the draw.

    Returns:
        Sorted indices of both; the second is empty for a fraction of 0.

    Examples:

    >>> labels = np.array([0.0] * 9 + [1.0] * 3)
    >>> bins = LabelGroups.equal_width(0, 2, num_groups=2)
    >>> for balanced in (False, True):
    ...     _, held_out = validation_part(labels, bins, 1 / 3, balanced, 0)
    ...     bins.counts(labels[held_out]).tolist()
    [3, 1]
    [3, 1]
    """
    fraction = check_number("validation_fraction", fraction)
    if not 0 <= fraction < 1:
        raise ValueError(
            "`validation_fraction` must be at least 0 and below 1. "
            f"Received: validation_fraction={fraction}"
        )
    rows = np.arange(len(labels))
    if not fraction:
        return rows, rows[:0]
    # At least one sample on both sides.
    size = min(max(1, round(fraction * len(rows))), len(rows) - 1)
    held_out = (
        _balanced_rows(labels, bins, size, seed)
        if balanced
        else _plain_rows(labels, size, np.random.default_rng(seed))
    )
    return np.setdiff1d(rows, held_out), np.sort(held_out)


def _plain_rows(
    labels: np.ndarray, size: int, rng: np.random.Generator
) -> np.ndarray:
    by_label = np.lexsort((rng.random(len(labels)), labels))
    edges = len(labels) * np.arange(size + 1) // size
    return by_label[rng.integers(edges[:-1], edges[1:])]


def _balanced_rows(
    labels: np.ndarray, bins: LabelGroups, size: int, seed: int
) -> np.ndarray:
    thirds = bins.counts(labels) // 3
    if not thirds.any():
        raise ValueError(
            "`balanced_validation` takes a third of the labels of a bin, and "
            f"no bin has 3. Received: {len(labels)} labels"
        )
    most = next(
        (
            most
            for most in range(1, int(thirds.max()))
            if np.minimum(thirds, most).sum() >= size
        ),
        int(thirds.max()),
    )
    return balanced_split(labels, bins, most, seed)["val"]
