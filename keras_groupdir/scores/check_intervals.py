"""Checks of intervals and of how many labels they should hold."""

from typing import Any

import numpy as np

from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_numbers
from keras_groupdir.types import ArrayLike


def check_coverage(coverage: Any) -> float:
    """Returns `coverage` as a float if it lies between 0 and 1."""
    number = check_number("coverage", coverage)
    if not 0 < number < 1:
        raise ValueError(
            "`coverage` must lie between 0 and 1. "
            f"Received: coverage={coverage!r}"
        )
    return number


def check_intervals(
    intervals: ArrayLike, size: int | None = None
) -> np.ndarray:
    """Intervals as float64, the lower end first.

    Args:
        intervals: Shape `(n, 2)`.
        size: How many there must be, if that is known.
    """
    ends = check_numbers("intervals", intervals)
    if ends.ndim != 2 or ends.shape[1] != 2:
        raise ValueError(
            "`intervals` must be pairs of a lower and an upper end, shape "
            f"(n, 2). Received: shape {ends.shape}"
        )
    if size is not None and len(ends) != size:
        raise ValueError(
            "`intervals` must hold one for each label. "
            f"Received: {len(ends)} for {size} labels"
        )
    bad = np.flatnonzero(~(ends[:, 0] <= ends[:, 1]))
    if bad.size:
        raise ValueError(
            "`intervals` must hold numbers, the lower end first. Received: "
            f"{ends[bad[0]].tolist()} at index {bad[0]}"
        )
    return ends


def check_ranges(intervals: ArrayLike, size: int) -> np.ndarray:
    """Several ranges for each label, or an interval, as float64.

    Args:
        intervals: Shape `(n, 2)`, or `(n, ranges, 2)` with NaN for ranges that
            are not there.
        size: How many labels there are.

    Returns:
        Shape `(n, ranges, 2)`.
    """
    array = np.asarray(intervals)
    if array.ndim != 3 or array.shape[2] != 2:
        return check_intervals(intervals, size)[:, None]
    ranges = array.astype("float64")
    missing = np.isnan(ranges).all(axis=2)
    check_intervals(ranges[~missing])
    if len(ranges) != size:
        raise ValueError(
            "`intervals` must hold ranges for each label. "
            f"Received: those of {len(ranges)} for {size} labels"
        )
    return ranges
