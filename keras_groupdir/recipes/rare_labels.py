"""Which labels resampling takes for rare."""

import numpy as np

from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.resampling import box_plot_points


def rare_labels(task: LabelTask) -> np.ndarray:
    """Control points of relevance, for `resampling.smoter`.

    Those of the box plot, as published, if labels lie beyond its whiskers. If
    none do, as in STS-B-DIR, whose rare labels lie between common ones, by
    count: the relevance of a bin is `1 - count / largest count`, so that with
    a threshold of 0.5 labels of bins less than half as full are rare.

    Args:
        task: Labels and bins.

    Returns:
        Rising labels and their relevance. Shape `(points, 2)`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 3, width=1)
    >>> task = LabelTask([0.5, 0.6, 0.7, 1.5, 2.5, 2.6], bins)
    >>> rare_labels(task).round(2).tolist()
    [[0.5, 0.0], [1.5, 0.67], [2.5, 0.33]]
    """
    points = box_plot_points(task.labels)
    if points[:, 1].any():
        return points
    counts = task.bins.counts(task.labels)
    return np.stack([task.bins.centers, 1 - counts / counts.max()], axis=1)
