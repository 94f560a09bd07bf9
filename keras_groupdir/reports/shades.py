"""Shots of training labels, as shades behind a picture."""

from typing import Any

import numpy as np

from keras_groupdir.labels import ShotThresholds
from keras_groupdir.labels.groups import LabelGroups

# Greys, which differ in lightness alone.
SHADES = {"many": "#ffffff", "median": "#e6e6e6", "few": "#c8c8c8"}


def shade_shots(
    axes: Any, bins: LabelGroups, counts: np.ndarray, relative_shots: bool
) -> list[Any]:
    """Shades the bins by their shot.

    Args:
        axes: A `matplotlib.axes.Axes` with labels along x.
        bins: Bins that training labels were counted in.
        counts: Training labels in each. Shape `(bins,)`.
        relative_shots: As for `labels.label_shots`.

    Returns:
        What a legend needs, a handle for each shot that is there.
    """
    from matplotlib.patches import Patch

    thresholds = ShotThresholds.of_counts(counts, None, None, relative_shots)
    shots = thresholds.shots(counts)
    starts = np.flatnonzero(np.append(True, shots[1:] != shots[:-1]))
    ends = np.append(starts[1:], len(shots))
    for start, end in zip(starts, ends, strict=True):
        axes.axvspan(
            bins.edges[start],
            bins.edges[end],
            color=SHADES[shots[start]],
            linewidth=0,
            zorder=0,
        )
    return [
        Patch(facecolor=shade, edgecolor="#999999", label=f"{shot}-shot")
        for shot, shade in SHADES.items()
        if shot in shots
    ]
