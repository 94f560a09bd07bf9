"""Nearest neighbors within a region."""

import numpy as np

ROWS_AT_A_TIME = 512


def nearest(points: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The nearest others of each point, and how far others usually are.

    Args:
        points: At least two. Shape `(n, features)`.
        k: How many neighbors; with fewer others, all of them.

    Returns:
        Rows of the neighbors, nearest first, shape `(n, min(k, n - 1))`; and
        the median distance to all others, shape `(n,)`.
    """
    # Distances are differences of squares, which a common shift would blur.
    points = points - points.mean(axis=0)
    squares = np.sum(points**2, axis=1)
    neighbors, medians = [], []
    for start in range(0, len(points), ROWS_AT_A_TIME):
        rows = np.arange(start, min(start + ROWS_AT_A_TIME, len(points)))
        products = points[rows] @ points.T
        squared = squares[rows, None] + squares - 2 * products
        squared[np.arange(len(rows)), rows] = np.inf
        order = np.argsort(squared, axis=1, kind="stable")
        neighbors.append(order[:, : min(k, len(points) - 1)])
        others = np.take_along_axis(squared, order[:, :-1], axis=1)
        medians.append(np.median(np.sqrt(np.maximum(others, 0)), axis=1))
    return np.concatenate(neighbors), np.concatenate(medians)


def picked(
    neighbors: np.ndarray, starts: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """One neighbor at random for each start.

    Args:
        neighbors: Shape `(n, k)`.
        starts: Rows to pick for. Shape `(m,)`.
        rng: Where chance comes from.

    Returns:
        Rows. Shape `(m,)`.
    """
    column = rng.integers(neighbors.shape[1], size=len(starts))
    return neighbors[starts, column]
