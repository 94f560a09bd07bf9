"""Intervals of a mixture of uniform distributions."""

import numpy as np


def mixture_interval(
    weights: np.ndarray, values: np.ndarray, widths: np.ndarray, coverage: float
) -> np.ndarray:
    """The middle of a mixture: as much lies below it as above.

    Component `g` is uniform over `values_g +- widths_g / 2`. The distribution
    function is then linear between the ends of components, and its inverse is
    found exactly.

    Args:
        weights: Not negative, with a positive sum. Shape `(n, components)`.
        values: Middle of each component. Shape `(n, components)`.
        widths: Positive. Shape `(components,)`.
        coverage: Share between the ends, between 0 and 1.

    Returns:
        Lower and upper ends, float64; NaN where anything is. Shape `(n, 2)`.

    Examples:

    >>> even, apart = np.array([[0.5, 0.5]]), np.array([[1.0, 7.0]])
    >>> mixture_interval(even, apart, np.array([2.0, 2.0]), 0.9).round(6)
    array([[0.2, 7.8]])
    """
    weights, values = (np.asarray(one, "float64") for one in (weights, values))
    weights = weights / weights.sum(axis=1, keepdims=True)
    half = np.asarray(widths, "float64") / 2
    ends = np.concatenate([values - half, values + half], axis=1)
    ends.sort(axis=1)
    # By component, which keeps it at a matrix of samples and ends.
    mass = np.zeros_like(ends)
    for weight, value, reach in zip(weights.T, values.T, half, strict=True):
        share = (ends - value[:, None]) / (2 * reach) + 0.5
        mass += weight[:, None] * np.clip(share, 0, 1)
    # A sum may fall by its last digit.
    mass = np.maximum.accumulate(mass, axis=1)
    shares = (1 - coverage) / 2, (1 + coverage) / 2
    return np.stack([_inverse(ends, mass, one) for one in shares], axis=1)


def _inverse(ends: np.ndarray, mass: np.ndarray, share: float) -> np.ndarray:
    """Where a piecewise linear distribution function passes a share."""
    shares = np.minimum(share, mass[:, -1:])
    passed = (mass < shares).sum(axis=1, keepdims=True)
    right = np.clip(passed, 1, ends.shape[1] - 1)
    before, after = (
        np.take_along_axis(mass, at, axis=1) for at in (right - 1, right)
    )
    start, stop = (
        np.take_along_axis(ends, at, axis=1) for at in (right - 1, right)
    )
    step = (shares - before) / (after - before)
    return (start + step * (stop - start))[:, 0]
