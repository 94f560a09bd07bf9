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
    intervals: ArrayLike, size: int | None = None, is_finite: bool = False
) -> np.ndarray:
    """Intervals as float64, the lower end first.

    Args:
        intervals: Shape `(n, 2)`.
        size: How many there must be, if that is known.
        is_finite: Whether they must have ends.
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
    endless = np.flatnonzero(~np.isfinite(ends).all(axis=1))
    if is_finite and endless.size:
        raise ValueError(
            "`intervals` must be finite: how far outside a label lies is "
            f"counted from their ends. Received: {ends[endless[0]].tolist()} "
            f"at index {endless[0]}"
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
    ranges = check_numbers("intervals", intervals)
    if ranges.ndim != 3 or ranges.shape[2] != 2:
        return check_intervals(ranges, size)[:, None]
    if len(ranges) != size:
        raise ValueError(
            "`intervals` must hold ranges for each label. "
            f"Received: those of {len(ranges)} for {size} labels"
        )
    lower, upper = ranges[..., 0], ranges[..., 1]
    is_bad = ~(lower <= upper) & ~np.isnan(ranges).all(axis=2)
    # They would count twice; those between may not be there.
    highest = np.fmax.accumulate(upper, axis=1)
    is_bad[:, 1:] |= highest[:, :-1] > lower[:, 1:]
    bad = np.flatnonzero(is_bad.any(axis=1))
    if bad.size:
        raise ValueError(
            "`intervals` must hold ranges from low to high, each the lower end "
            f"first. Received: {ranges[bad[0]].tolist()} at index {bad[0]}"
        )
    return ranges
