"""The numbers behind the panels: pure functions, without drawing."""

import numpy as np

from apps.age.weights import BINS
from keras_groupdir.density import label_shots
from keras_groupdir.groups import LabelGroups


def shot_ranges(train_labels: np.ndarray) -> list[tuple[int, int, str]]:
    """Ranges of ages with many, median or few training faces.

    Args:
        train_labels: Training ages. Shape `(m,)`.

    Returns:
        First age, age after the last, and shot of each range, from 0 to 121
        without gaps; neighbors differ.

    Examples:

    >>> shot_ranges(np.repeat([20, 21], [101, 20]))
    [(0, 20, 'few'), (20, 21, 'many'), (21, 22, 'median'), (22, 121, 'few')]
    """
    shots = label_shots(BINS.edges[:-1], train_labels, BINS)
    changes = (np.flatnonzero(shots[1:] != shots[:-1]) + 1).tolist()
    starts = [0, *changes]
    ends = [*changes, len(shots)]
    return [
        (start, end, str(shots[start]))
        for start, end in zip(starts, ends, strict=True)
    ]


def ages_seen(*labels: np.ndarray) -> tuple[int, int]:
    """First age of any, and the age after the last.

    Examples:

    >>> ages_seen(np.array([20.0, 61.0]), np.array([18.5]))
    (18, 62)
    """
    seen = BINS.assign(np.concatenate(labels))
    return int(seen.min()), int(seen.max()) + 1


def mean_per_age(
    labels: np.ndarray, values: np.ndarray, window: int = 1
) -> np.ndarray:
    """Mean of the values of each age.

    Args:
        labels: Ages. Shape `(n,)`.
        values: Errors, say. Shape `(n,)`.
        window: Odd number of years, around each age, that count for it.
            Defaults to `1`.

    Returns:
        Means; NaN where there is nothing. Shape `(121,)`.

    Examples:

    >>> labels, errors = np.array([1, 1, 3]), np.array([2.0, 4.0, 9.0])
    >>> mean_per_age(labels, errors)[:5].tolist()
    [nan, 3.0, nan, 9.0, nan]
    >>> mean_per_age(labels, errors, window=3)[:5].tolist()
    [3.0, 3.0, 5.0, 9.0, 9.0]
    """
    ages = BINS.assign(labels)
    reach = np.ones(window)
    total, count = (
        np.convolve(np.bincount(ages, weights, BINS.num_groups), reach, "same")
        for weights in (values, None)
    )
    return np.divide(
        total, count, out=np.full(len(total), np.nan), where=count > 0
    )


def group_confusion(
    labels: np.ndarray, group_logits: np.ndarray, groups: LabelGroups
) -> np.ndarray:
    """How many faces of each group went to which.

    Args:
        labels: Ages. Shape `(n,)`.
        group_logits: Shape `(n, num_groups)`.
        groups: `LabelGroups`.

    Returns:
        Counts: row = true group, column = most likely group. Shape
        `(num_groups, num_groups)`.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 20, num_groups=2)
    >>> logits = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    >>> group_confusion(np.array([5, 5, 15]), logits, groups).tolist()
    [[1, 1], [1, 0]]
    """
    shape = (groups.num_groups, groups.num_groups)
    confusion = np.zeros(shape, dtype="int64")
    np.add.at(confusion, (groups.assign(labels), group_logits.argmax(-1)), 1)
    return confusion


def group_shares(confusion: np.ndarray) -> np.ndarray:
    """Rows of a confusion matrix in per cent; NaN for a group without faces.

    Examples:

    >>> group_shares(np.array([[3, 1], [0, 0]])).tolist()
    [[75.0, 25.0], [nan, nan]]
    """
    return 100 * _per_row(confusion, confusion)


def group_distances(confusion: np.ndarray) -> np.ndarray:
    """Mean `|predicted group - true group|`, for each true group.

    Args:
        confusion: From `group_confusion`.

    Returns:
        Distances, in groups; NaN for a group without faces. Shape
        `(num_groups,)`.

    Examples:

    >>> group_distances(np.array([[1, 0, 3], [0, 2, 0], [0, 0, 0]])).tolist()
    [1.5, 0.0, nan]
    """
    distances = confusion * _distance_table(len(confusion))
    return _per_row(distances, confusion).sum(axis=1)


def mean_group_distance(confusion: np.ndarray) -> float:
    """The same over all faces.

    Examples:

    >>> mean_group_distance(np.array([[1, 0, 3], [0, 2, 0], [0, 0, 0]]))
    1.0
    """
    distances = confusion * _distance_table(len(confusion))
    return float(distances.sum() / confusion.sum())


def _distance_table(num_groups: int) -> np.ndarray:
    index = np.arange(num_groups)
    return np.abs(index[:, None] - index[None, :])


def _per_row(values: np.ndarray, confusion: np.ndarray) -> np.ndarray:
    count = confusion.sum(axis=1, keepdims=True)
    return np.divide(
        values, count, out=np.full(values.shape, np.nan), where=count > 0
    )
