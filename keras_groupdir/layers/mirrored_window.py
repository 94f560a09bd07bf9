"""A window over bins that is mirrored at their ends."""

import numpy as np


def mirrored_window(window: np.ndarray, num_bins: int) -> np.ndarray:
    """Matrix that applies a window, mirrored at the middle of the end bins."""
    half, last = len(window) // 2, num_bins - 1
    rows = np.arange(num_bins)[:, None]
    columns = rows + np.arange(-half, half + 1)
    columns = last - np.abs(last - np.abs(columns))
    matrix = np.zeros((num_bins, num_bins))
    np.add.at(matrix, (rows, columns), window / window.sum())
    return matrix
