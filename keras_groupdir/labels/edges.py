"""Ends and edges that labels are cut at."""

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.types import ArrayLike

# Whole numbers over at most this range have an interval each.
MOST_WHOLE = 200


def label_ends(labels: ArrayLike) -> tuple[float, float]:
    """The least and the largest label, which have to differ."""
    labels = check_labels("labels", labels)
    low, high = float(labels.min()), float(labels.max())
    if low == high:
        raise ValueError(
            f"`labels` must have different values. Received: {low:g} everywhere"
        )
    return low, high


def label_range(labels: ArrayLike) -> tuple[float, float, bool]:
    """Range of labels, rounded outward, and whether they are whole numbers."""
    low, high = label_ends(labels)
    labels = check_labels("labels", labels)
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


def steps_of_width(low: float, high: float, width: float) -> int:
    """How many intervals of a width make up a range."""
    width = check_positive("width", width)
    steps = round((high - low) / width)
    if not np.isclose(steps * width, high - low, atol=0):
        raise ValueError(
            "`width` must divide the range. Received: "
            f"low={low}, high={high}, width={width}"
        )
    return steps


def quantile_edges(labels: ArrayLike, num_groups: int) -> np.ndarray:
    """Quantiles of labels; fewer than asked for where some coincide."""
    labels = check_labels("labels", labels)
    shares = np.linspace(0, 1, num_groups + 1)
    edges = np.unique(np.quantile(labels, shares).astype("float32"))
    if len(edges) < 3:
        raise ValueError(
            "`labels` must have enough distinct values for 2 groups. "
            f"Received {len(np.unique(labels))} distinct values in "
            f"{len(labels)} labels."
        )
    return edges
