"""Ends and edges that labels are cut at."""

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.types import ArrayLike

# Whole numbers over at most this range have an interval each.
MOST_WHOLE = 200


def label_range(labels: ArrayLike) -> tuple[float, float, bool]:
    """Range of labels, rounded outward, and whether they are whole numbers."""
    labels = check_labels("labels", labels)
    low, high = float(labels.min()), float(labels.max())
    if low == high:
        raise ValueError(
            f"`labels` must have different values. Received: {low:g} everywhere"
        )
    if high - low <= MOST_WHOLE and np.all(labels == np.round(labels)):
        return low, high + 1, True
    # Between a hundredth and a thousandth of the range.
    digits = 2 - int(np.floor(np.log10(high - low)))
    step = 10.0**-digits
    # Plus 0, for which there is no -0.
    low = round(np.floor(low / step) * step, digits) + 0.0
    high = round(np.ceil(high / step) * step, digits) + 0.0
    return low, high, False


def check_steps(low: float, high: float, num_groups: int) -> None:
    """Refuses labels that lie too near to each other for their size."""
    edges = np.linspace(low, high, num_groups + 1).astype("float32")
    if np.any(np.diff(edges) <= 0):
        raise ValueError(
            "`labels` must differ by more than float32 can tell apart where "
            f"they lie, for {num_groups} groups. Received: labels from {low} "
            f"to {high}. Subtract a number near to them first"
        )


def checked_edges(edges: ArrayLike) -> np.ndarray:
    """Edges rounded to float32, as they are compared, held in float64."""
    edges = check_labels("edges", edges).astype("float32").astype("float64")
    if len(edges) < 3:
        raise ValueError(
            "`edges` must hold at least 3 numbers, for 2 groups. "
            f"Received: {len(edges)} numbers"
        )
    stuck = np.flatnonzero(np.diff(edges) <= 0)
    if stuck.size:
        at = int(stuck[0])
        raise ValueError(
            "`edges` must rise, by steps that float32 can hold. Received: "
            f"edges[{at}]={edges[at]}, edges[{at + 1}]={edges[at + 1]}"
        )
    return edges
