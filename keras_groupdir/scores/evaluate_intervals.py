"""How many labels intervals hold, and how wide they are, per shot."""

from collections.abc import Mapping

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels import LabelGroups
from keras_groupdir.labels.shot_bins import ShotBins
from keras_groupdir.scores.check_intervals import check_ranges
from keras_groupdir.scores.errors import mean_or_nan
from keras_groupdir.scores.shot_rows import shot_rows
from keras_groupdir.scores.shot_table import ShotTable
from keras_groupdir.types import ArrayLike


def evaluate_intervals(
    intervals: ArrayLike | Mapping[str, ArrayLike],
    y: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups | None = None,
    many_above: float | None = None,
    few_below: float | None = None,
    relative_shots: bool = False,
) -> ShotTable:
    """Coverage and mean width of intervals, overall and per shot.

    Args:
        intervals: Lower and upper ends, shape `(n, 2)`; or those of several
            ranges that have nothing in common, `(n, ranges, 2)`, with NaN for
            those that are not there. Or several such arrays by name, to stand
            side by side.
        y: Labels. Shape `(n,)` or `(n, 1)`.
        train_labels: Training labels, which make a label common or rare.
        bins: Bins of the label histogram. Defaults to
            `LabelGroups.histogram(train_labels)`.
        many_above: See `labels.label_shots`.
        few_below: See `labels.label_shots`.
        relative_shots: See `labels.label_shots`.

    Returns:
        `ShotTable` with the metrics `"coverage"`, the share of labels that
        their interval or one of their ranges holds, and `"mean_width"`, in
        label units, of ranges together.

    Examples:

    >>> train = [0.5] * 101 + [2.5] * 7
    >>> bins = LabelGroups.equal_width(0, 3, num_groups=3)
    >>> wide = [[0, 1], [0, 2], [0, 3], [1, 2]]
    >>> print(evaluate_intervals(wide, [0.1, 0.2, 0.3, 2.9], train, bins))
    samples           4       3       0       1
    shots by count: many > 100, few < 20
    <BLANKLINE>
    coverage        All    Many    Med.     Few
    model         0.750   1.000       -   0.000
    <BLANKLINE>
    mean_width      All    Many    Med.     Few
    model         1.750   2.000       -   1.000
    """
    labels = check_labels("y", y)
    named = (
        intervals if isinstance(intervals, Mapping) else {"model": intervals}
    )
    checked = {
        name: check_ranges(one, len(labels)) for name, one in named.items()
    }
    counted = ShotBins.of(
        train_labels, bins, many_above, few_below, relative_shots
    )
    functions = {"coverage": _coverage, "mean_width": _mean_width}
    counts, rows = shot_rows(labels, checked, counted.shots(labels), functions)
    own = next(iter(named), "model")
    return ShotTable(counts, rows, own=own, thresholds=counted.thresholds)


def _coverage(labels: np.ndarray, ranges: np.ndarray) -> float:
    lower, upper = ranges[..., 0], ranges[..., 1]
    inside = (lower <= labels[:, None]) & (labels[:, None] <= upper)
    return mean_or_nan(np.any(inside, axis=1, keepdims=True))


def _mean_width(labels: np.ndarray, ranges: np.ndarray) -> float:
    return mean_or_nan(np.nansum(ranges[..., 1] - ranges[..., 0], axis=1))
