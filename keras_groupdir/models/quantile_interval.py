"""Intervals between predicted quantiles."""

from collections.abc import Sequence

import numpy as np


def quantile_interval(
    quantiles: np.ndarray, levels: Sequence[float], coverage: float
) -> np.ndarray:
    """The middle of a distribution of which some quantiles are known.

    Between two levels the quantiles are taken to be linear. Nothing is known
    beyond the outermost levels, so an interval that would need it is refused.

    Args:
        quantiles: In the order of the levels; if they cross, they are sorted.
            Shape `(n, num_levels)`.
        levels: Rising, between 0 and 1.
        coverage: Share between the ends, between 0 and 1.

    Returns:
        Lower and upper ends, float64. Shape `(n, 2)`.

    Examples:

    >>> levels, quantiles = [0.05, 0.5, 0.95], np.array([[1.0, 4.0, 13.0]])
    >>> quantile_interval(quantiles, levels, 0.9).tolist()
    [[1.0, 13.0]]
    >>> quantile_interval(quantiles, levels, 0.45).round(6).tolist()
    [[2.5, 8.5]]

    Reference:
    - [Chernozhukov et al., 2010](https://doi.org/10.3982/ECTA7880), on sorting.
    """
    quantiles = np.sort(np.asarray(quantiles, "float64"), axis=1)
    known = np.asarray(levels, "float64")
    shares = np.array([(1 - coverage) / 2, (1 + coverage) / 2])
    # 0.05 is (1 - 0.9) / 2 but for rounding.
    if shares[0] < known[0] - 1e-9 or shares[1] > known[-1] + 1e-9:
        raise ValueError(
            "`coverage` must lie between the quantiles that the model "
            f"predicts. Received: coverage={coverage:g}, levels "
            f"{known.tolist()}"
        )
    shares = np.clip(shares, known[0], known[-1])
    right = np.clip(np.searchsorted(known, shares), 1, len(known) - 1)
    left = right - 1
    step = (shares - known[left]) / (known[right] - known[left])
    return (1 - step) * quantiles[:, left] + step * quantiles[:, right]
