"""What SMOTER and SMOGN share: which samples to keep, and how many to make."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from keras import ops

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_whole
from keras_groupdir.resampling.relevance import box_plot_points
from keras_groupdir.resampling.relevance import relevance
from keras_groupdir.types import ArrayLike


class Resampled(NamedTuple):
    """A resampled training set: kept samples first, then made ones.

    Attributes:
        x: Features. Shape `(m, features)`.
        y: Labels, shaped like those given. Shape `(m,)` or `(m, 1)`.
        kept: Rows of the given samples that `x` and `y` begin with, sorted.
    """

    x: np.ndarray
    y: np.ndarray
    kept: np.ndarray


class Region(NamedTuple):
    """Neighboring labels that are all rare or all common.

    Attributes:
        features: Shape `(n, features)`.
        scaled: The same over the deviation of each in the whole set, to
            measure distances with. Shape `(n, features)`.
        labels: Shape `(n,)`.
    """

    features: np.ndarray
    scaled: np.ndarray
    labels: np.ndarray


# From a region of at least two samples, the samples to start from and a
# generator of random numbers to the features and labels of as many new ones.
Maker = Callable[
    [Region, np.ndarray, np.random.Generator], tuple[np.ndarray, np.ndarray]
]


def balance(
    x: ArrayLike,
    y: ArrayLike,
    make: Maker,
    seed: int,
    threshold: float,
    coef: float,
    control_points: ArrayLike | None,
) -> Resampled:
    """Brings the regions of rare and common labels to about one size.

    Args:
        x: See `smoter`.
        y: See `smoter`.
        make: Makes new samples of a rare region.
        seed: See `smoter`.
        threshold: See `smoter`.
        coef: See `smoter`.
        control_points: See `smoter`.

    Returns:
        See `smoter`.
    """
    labels, features = check_labels("y", y), _check_features(x)
    if len(features) != len(labels):
        raise ValueError(
            "`x` must have one row for each label in `y`. Received: "
            f"{len(features)} rows for {len(labels)} labels"
        )
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    is_rare = _rare(labels, threshold, coef, control_points)
    regions = _regions(labels, is_rare)
    size = round(len(labels) / len(regions))

    values = features.astype("float64")
    deviation = values.std(axis=0)
    scaled = values / np.where(deviation > 0, deviation, 1.0)
    kept: list[np.ndarray] = []
    new_x, new_y = [features[:0]], [labels[:0]]
    for rows in regions:
        missing = size - len(rows)
        if is_rare[rows[0]] and missing > 0:
            region = Region(values[rows], scaled[rows], labels[rows])
            starts = _starts(len(rows), missing, rng)
            made_x, made_y = _make(make, region, starts, rng)
            new_x.append(made_x)
            new_y.append(made_y)
        elif not is_rare[rows[0]] and missing < 0:
            rows = rng.choice(rows, size, replace=False)
        kept.append(rows)
    rows = np.sort(np.concatenate(kept))
    return Resampled(
        np.concatenate([features[rows], *new_x]).astype(features.dtype),
        _shaped_like(y, np.concatenate([labels[rows], *new_y])),
        rows,
    )


def _rare(
    labels: np.ndarray,
    threshold: float,
    coef: float,
    control_points: ArrayLike | None,
) -> np.ndarray:
    """Which labels are rare: some, but not all."""
    if not 0 < check_number("threshold", threshold) <= 1:
        raise ValueError(
            "`threshold` must lie between 0 and 1, and above 0. "
            f"Received: threshold={threshold!r}"
        )
    by_box_plot = control_points is None
    if by_box_plot:
        control_points = box_plot_points(labels, coef)
        if not np.any(control_points[:, 1]):
            raise ValueError(
                "No label in `y` is rare: none lies outside the whiskers of "
                f"its box plot, which reach from {labels.min():g} to "
                f"{labels.max():g}. Give `control_points`, or a `coef` below "
                f"{coef:g}."
            )
    is_rare = relevance(labels, control_points) >= threshold
    if is_rare.all() or not is_rare.any():
        raise ValueError(
            "`y` must hold rare and common labels. Received: "
            f"{is_rare.sum()} of {len(labels)} labels with a relevance of "
            f"{threshold:g} or more"
        )
    return is_rare


def _regions(labels: np.ndarray, is_rare: np.ndarray) -> list[np.ndarray]:
    """Rows of each run of rare or of common labels, in order of the labels."""
    order = np.argsort(labels, kind="stable")
    turns = np.flatnonzero(np.diff(is_rare[order])) + 1
    return np.split(order, turns)


def _starts(size: int, wanted: int, rng: np.random.Generator) -> np.ndarray:
    """Samples to start from, each as often as the others or once more."""
    rest = rng.choice(size, wanted % size, replace=False)
    return np.append(np.tile(np.arange(size), wanted // size), rest)


def _make(
    make: Maker, region: Region, starts: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    if len(region.labels) == 1:  # no neighbor to go to, no spread to add
        return region.features[starts], region.labels[starts]
    return make(region, starts, rng)


def _check_features(x: ArrayLike) -> np.ndarray:
    if isinstance(x, list | tuple):
        x = np.asarray(x)
    features = x if isinstance(x, np.ndarray) else ops.convert_to_numpy(x)
    if features.ndim != 2 or not np.issubdtype(features.dtype, np.number):
        raise ValueError(
            "`x` must be a table of numbers, or the embeddings of other "
            "inputs, of shape (n, features). Received: shape "
            f"{features.shape} of type {features.dtype}"
        )
    if not np.issubdtype(features.dtype, np.floating):
        features = features.astype("float64")
    bad = np.flatnonzero(~np.isfinite(features).all(axis=1))
    if bad.size:
        raise ValueError(
            f"`x` must be finite. Received {bad.size} rows with NaN or "
            f"infinite values, the first at index {bad[0]}."
        )
    return features


def _shaped_like(y: ArrayLike, labels: np.ndarray) -> np.ndarray:
    given = np.asarray(y) if isinstance(y, list | tuple) else y
    if not isinstance(given, np.ndarray):
        given = ops.convert_to_numpy(given)
    if np.issubdtype(given.dtype, np.floating):
        labels = labels.astype(given.dtype)
    return labels.reshape(-1, *given.shape[1:])
