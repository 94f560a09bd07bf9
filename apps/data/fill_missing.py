"""Numbers of a table that are not known."""

import numpy as np


def fill_missing(features: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Puts the median of training rows where a number is missing.

    A column of 0 and 1 behind that of the number says where, if a training row
    misses it, too: else a network learns nothing of it. A number that no
    training row knows is a column of ones.

    Args:
        features: NaN is what is missing. Shape `(n, features)`.
        train: Numbers of the training rows.

    Returns:
        Finite features. Shape `(n, features)`, or more of them.

    Examples:

    >>> features = np.array([[1.0], [5.0], [np.nan], [np.nan]])
    >>> fill_missing(features, train=np.array([0, 1, 2]))
    array([[1., 0.],
           [5., 0.],
           [3., 1.],
           [3., 1.]])
    """
    parts: list[np.ndarray] = []
    for column in features.T:
        is_missing = np.isnan(column)
        known = column[train][~is_missing[train]]
        if not len(known):
            parts.append(np.ones(len(column)))
            continue
        if is_missing.any():
            column = np.where(is_missing, np.median(known), column)
        parts.append(column)
        if is_missing[train].any():
            parts.append(is_missing.astype("float64"))
    return np.stack(parts, axis=1)
