"""The numbers behind the panels: pure functions, without drawing."""

import numpy as np

from apps.data.faces.task import BINS
from keras_groupdir import LabelGroups


def ages_seen(*labels: np.ndarray) -> tuple[int, int]:
    """First age of any, and the age after the last.

    Examples:

    >>> ages_seen(np.array([20.0, 61.0]), np.array([18.5]))
    (18, 62)
    """
    seen = BINS.assign(np.concatenate(labels))
    return int(seen.min()), int(seen.max()) + 1


def group_confusion(
    labels: np.ndarray, group_logits: np.ndarray, groups: LabelGroups
) -> np.ndarray:
    """How many faces of each group, a row, went to which, a column.

    Args:
        labels: Ages. Shape `(n,)`.
        group_logits: Shape `(n, num_groups)`.
        groups: The groups.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 20, num_groups=2)
    >>> logits = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    >>> group_confusion(np.array([5, 5, 15]), logits, groups).tolist()
    [[1, 1], [1, 0]]
    """
    confusion = np.zeros((groups.num_groups,) * 2, dtype="int64")
    np.add.at(confusion, (groups.assign(labels), group_logits.argmax(-1)), 1)
    return confusion


def group_shares(confusion: np.ndarray) -> np.ndarray:
    """Rows of a confusion matrix in per cent; NaN for a group without faces.

    Examples:

    >>> group_shares(np.array([[3, 1], [0, 0]])).tolist()
    [[75.0, 25.0], [nan, nan]]
    """
    with np.errstate(invalid="ignore"):
        return 100 * confusion / confusion.sum(axis=1, keepdims=True)


def group_distances(confusion: np.ndarray) -> np.ndarray:
    """Mean `|predicted group - true group|`, for each true group.

    Groups without faces have NaN.

    Examples:

    >>> group_distances(np.array([[1, 0, 3], [0, 2, 0], [0, 0, 0]])).tolist()
    [1.5, 0.0, nan]
    """
    with np.errstate(invalid="ignore"):
        return _distances(confusion).sum(axis=1) / confusion.sum(axis=1)


def mean_group_distance(confusion: np.ndarray) -> float:
    """The same over all faces.

    Examples:

    >>> mean_group_distance(np.array([[1, 0, 3], [0, 2, 0], [0, 0, 0]]))
    1.0
    """
    return float(_distances(confusion).sum() / confusion.sum())


def _distances(confusion: np.ndarray) -> np.ndarray:
    place = np.arange(len(confusion))
    return confusion * np.abs(np.subtract.outer(place, place))
