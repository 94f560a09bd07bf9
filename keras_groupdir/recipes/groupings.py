"""Kinds of groups over the range of a task."""

import numpy as np

from keras_groupdir.labels import LabelGroups
from keras_groupdir.labels.edges import check_steps
from keras_groupdir.recipes.label_task import LabelTask

# How far edges move from those of one width to quantiles of the labels.
GROUPINGS = {"width": 0.0, "halfway": 0.5, "quantile": 1.0}


def task_groups(task: LabelTask, num_groups: int, grouping: str) -> LabelGroups:
    """Groups of one width, of as many labels each, or between both.

    Edges of quantiles that coincide, as one label is very common, are one.

    Args:
        task: Whose range they cover.
        num_groups: Of one width; at most that many of the other kinds.
        grouping: See `GROUPINGS`.

    Raises:
        ValueError: If all quantiles are one number.
    """
    check_steps(task.low, task.high, num_groups)
    groups = LabelGroups.equal_width(task.low, task.high, num_groups)
    share = GROUPINGS[grouping]
    if not share:
        return groups
    inner = np.linspace(0, 1, num_groups + 1)[1:-1]
    quantiles = np.quantile(task.labels, inner)
    edges = (1 - share) * groups.edges[1:-1] + share * quantiles
    ends = np.array([task.low, *edges, task.high], "float32")
    kept = np.unique(ends)
    if len(kept) < 3:
        raise ValueError(
            "`grouping` must be 'width' or 'halfway' for labels nearly all of "
            f"which are the same. Received: {grouping!r}"
        )
    return LabelGroups.from_edges(kept.tolist())
