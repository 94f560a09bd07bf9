"""How panels look: colors and axes."""

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.ticker import LogLocator
from matplotlib.ticker import NullFormatter
from matplotlib.ticker import StrMethodFormatter

from keras_groupdir import LabelGroups

MOST_TICKS = 13


def paler(color: str) -> tuple[float, float, float]:
    """The color, halfway to white."""
    red, green, blue = (0.5 + part / 2 for part in to_rgb(color))
    return red, green, blue


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
