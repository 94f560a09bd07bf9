"""Labels that may be, given an interval, as ranges."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from keras_groupdir.scores.possible_labels import Stretches
from keras_groupdir.scores.possible_labels import margin_units


def possible_ranges(
    ends: np.ndarray,
    stretches: Mapping[str, Stretches],
    margins: Mapping[str, float],
    scaled: bool,
) -> np.ndarray:
    """All labels that lie near enough to an interval, and no others.

    Args:
        ends: Of intervals, the lower end first. Shape `(n, 2)`.
        stretches: Of the label range, by shot. They may touch, and no two have
            more in common.
        margins: How far from the interval labels of each shot may lie.
        scaled: Whether margins count in widths of the interval.

    Returns:
        Ranges of each interval from low to high, lower end first, after the
        last one NaN. If no label is near enough, the middle of the interval
        alone. Shape `(n, most ranges of one, 2)`.
    """
    (below, above), unit = ends.T, margin_units(ends, scaled)
    found = []
    for (start, stop), margin in sorted(
        (stretch, margins[shot])
        for shot, own in stretches.items()
        for stretch in own
    ):
        first = np.maximum(start, below - margin * unit)
        last = np.minimum(stop, above + margin * unit)
        ranges = np.stack([first, last], axis=1)
        found.append(np.where((first <= last)[:, None], ranges, np.nan))
    for one, other in pairwise(found):
        joined = one[:, 1] >= other[:, 0]
        other[joined, 0] = one[joined, 0]
        one[joined] = np.nan
    every = np.stack(found, axis=1)
    order = np.argsort(np.isnan(every[..., 0]), axis=1, kind="stable")
    every = np.take_along_axis(every, order[..., None], axis=1)
    none = np.isnan(every[:, 0, 0])
    every[none, 0] = ends[none].mean(axis=1, keepdims=True)
    most = int((~np.isnan(every[..., 0])).sum(axis=1).max(initial=1))
    return every[:, :most]
