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
