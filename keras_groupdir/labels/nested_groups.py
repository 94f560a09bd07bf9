"""Groups of groups: the label range cut in halves again and again."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_range
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.types import ArrayLike


def nested_groups(
    labels: ArrayLike,
    depth: int,
    low: float | None = None,
    high: float | None = None,
) -> list[LabelGroups]:
    """Cuts at the median of the labels, then each part at its own, and so on.

    Of labels that are all different these are quantile groups, 2, 4, 8, ... of
    them, and an edge of one level is an edge of every finer one. Where labels
    repeat, a cut goes where the halves are most nearly equal, between two
    labels; a part whose labels are all the same stays whole, so that levels can
    have fewer groups. Every group holds labels. Levels that would be like the
    one before are left out.

    Args:
        labels: Training labels. Shape `(n,)` or `(n, 1)`.
        depth: Number of levels, at least 1.
        low: Lower end of the range; labels below count as it. Defaults to the
            smallest label.
        high: Upper end of the range; labels above count as it. Defaults to the
            largest label.

    Returns:
        At most `depth` levels, from coarse to fine.

    Examples:

    >>> levels = nested_groups([1, 1, 1, 2, 3, 9], depth=3)
    >>> [level.edges.tolist() for level in levels]
    [[1.0, 1.5, 9.0], [1.0, 1.5, 2.5, 9.0], [1.0, 1.5, 2.5, 6.0, 9.0]]
    """
    depth = check_whole("depth", depth, at_least=1)
    # As labels are compared with edges.
    given = check_labels("labels", labels).astype("float32")
    low, high = check_range(
        given.min() if low is None else low,
        # All the same, which is said below.
        max(given.max(), np.nextafter(given.min(), np.float32(np.inf)))
        if high is None
        else high,
    )
    ends = np.array([low, high], "float32")
    values, counts = np.unique(np.clip(given, *ends), return_counts=True)
    cuts: list[int] = []
    levels: list[LabelGroups] = []
    middles = _middles(values)
    for _ in range(depth):
        parts = zip([0, *cuts], [*cuts, len(values)], strict=True)
        more = [_best_cut(counts, middles, *part) for part in parts]
        added = [cut for cut in more if cut is not None]
        if not added:
            break
        cuts = sorted([*cuts, *added])
        inner = middles[np.array(cuts) - 1]
        levels.append(LabelGroups(np.insert(ends, 1, inner)))
    if not levels:
        raise ValueError(
            "`labels` must have at least 2 values in the range, apart in "
            f"float32. Received: {values[0]:g} everywhere"
        )
    return levels


def _middles(values: np.ndarray) -> np.ndarray:
    """Between neighbours; NaN where float32 has no number there."""
    below, above = values[:-1], values[1:]
    middle = (below / 2 + above / 2).astype("float32")
    return np.where((below < middle) & (middle < above), middle, np.nan)


def _best_cut(
    counts: np.ndarray, middles: np.ndarray, start: int, end: int
) -> int | None:
    """First value of the upper half of a part, or `None` if it has no two."""
    places = np.arange(start + 1, end)
    places = places[~np.isnan(middles[places - 1])]
    if not places.size:
        return None
    lower = np.cumsum(counts[start:end])[places - start - 1]
    apart = np.abs(2 * lower - counts[start:end].sum())
    return int(places[np.argmin(apart)])


def check_levels(levels: Any, name: str = "levels") -> list[LabelGroups]:
    """Returns levels of groups if every edge is one of the next level, too.

    Args:
        levels: `LabelGroups`, or their configs, from coarse to fine.
        name: Of the argument, for the message.
    """
    if not isinstance(levels, Sequence) or isinstance(levels, str):
        raise ValueError(
            f"`{name}` must be a list of LabelGroups, from nested_groups. "
            f"Received: {name}={levels!r}"
        )
    checked = [check_groups(level, name) for level in levels]
    if not checked:
        raise ValueError(f"`{name}` must not be empty.")
    for coarse, fine in pairwise(checked):
        if (coarse.low, coarse.high) != (fine.low, fine.high) or not np.isin(
            coarse.edges, fine.edges
        ).all():
            raise ValueError(
                f"`{name}` must go from coarse to fine, and edges of one be "
                f"edges of the next. Received: {coarse!r}, then {fine!r}"
            )
    return checked
