"""How panels look: colors, shading, axes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator
from matplotlib.ticker import NullFormatter
from matplotlib.ticker import StrMethodFormatter

from apps.age.panels.numbers import shot_ranges
from keras_groupdir import LabelGroups

# Okabe and Ito's, which the color-blind tell apart.
COLORS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
TRUTH = "#4d4d4d"
# Greys, which differ in lightness alone.
SHADES = {"many": "#ffffff", "median": "#ececec", "few": "#d2d2d2"}
MOST_TICKS = 13


def paler(color: str) -> tuple[float, float, float]:
    """The color, halfway to white."""
    red, green, blue = (0.5 + part / 2 for part in to_rgb(color))
    return red, green, blue


def shade_shots(axes: Axes, train_labels: np.ndarray) -> list[Patch]:
    """Shades ages by their shot; returns what a legend needs."""
    for start, end, shot in shot_ranges(train_labels):
        axes.axvspan(start, end, color=SHADES[shot], linewidth=0, zorder=0)
    return [
        Patch(facecolor=shade, edgecolor="#999999", label=f"{shot} shots")
        for shot, shade in SHADES.items()
    ]


def plain_log(axes: Axes) -> None:
    """A log y axis with ticks at 1, 2, 3, 5, 7, 10, 20, ..., written out."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 3.0, 5.0, 7.0)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def name_groups(axis: Axis, groups: LabelGroups, rotation: int = 60) -> None:
    """Ticks with the ages of groups, of some if there are many."""
    step = -(-groups.num_groups // MOST_TICKS)
    shown = list(range(0, groups.num_groups, step))
    names = [
        f"{groups.edges[place]:.3g}-{groups.edges[place + 1]:.3g}"
        for place in shown
    ]
    axis.set_ticks(shown, names, fontsize=8, rotation=rotation)


def clean(axes: Axes) -> None:
    """Takes away the frame's right and upper side."""
    axes.spines[["top", "right"]].set_visible(False)
