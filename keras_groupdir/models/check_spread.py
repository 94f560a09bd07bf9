"""Whether a network can tell the numbers of a column apart."""

import warnings

import numpy as np

# The square of a standard deviation is float32.
LARGEST = 1e18
# As many different values are no rounding of one.
DIFFERENT = 8


def check_spread(columns: np.ndarray) -> None:
    """Refuses columns that float32 cannot hold, warns of what it merges.

    Args:
        columns: As they came, before they were float32. Shape
            `(n, columns)`.
    """
    spread, farthest = columns.std(axis=0), np.abs(columns).max(axis=0)
    if spread.max() > LARGEST:
        raise ValueError(
            f"`x` must have columns that vary by less than {LARGEST:g}: give "
            "them in another unit. Received: a column with a standard "
            f"deviation of {spread.max():.3g}"
        )
    is_merged = spread <= np.finfo("float32").eps * farthest
    for place in np.flatnonzero(is_merged & (spread > 0)):
        if len(np.unique(columns[:, place])) > DIFFERENT:
            warnings.warn(
                f"Column {place} of `x` varies by {spread[place]:.3g} around "
                f"{columns[:, place].mean():.6g}, which is the same number in "
                "float32: subtract a number near to them first.",
                stacklevel=3,
            )
