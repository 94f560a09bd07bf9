"""Which groups are taken for which."""

import numpy as np
from matplotlib.axes import Axes

from apps.age.panels.numbers import group_shares
from apps.age.panels.run import GroupRun
from apps.age.panels.style import SHADES
from apps.age.panels.style import name_groups

MOST_WRITTEN = 15


def draw_confusion(axes: Axes, run: GroupRun) -> None:
    """How the faces of each true group were shared out."""
    shares = group_shares(run.confusion)
    axes.set_facecolor(SHADES["few"])
    image = axes.imshow(shares, cmap="Blues", vmin=0)
    if len(shares) <= MOST_WRITTEN:
        _write(axes, shares)
    bar = axes.figure.colorbar(image, ax=axes)
    bar.set_label("share of the true group (%)")
    name_groups(axes.xaxis, run.groups)
    name_groups(axes.yaxis, run.groups, rotation=0)
    axes.set(
        title=f"Groups of the test set, {run.name}",
        xlabel="predicted group (years)",
        ylabel="true group (years)",
    )


def _write(axes: Axes, shares: np.ndarray) -> None:
    dark = 0.6 * np.nanmax(shares)
    for (row, column), share in np.ndenumerate(shares):
        # What rounds to 0 would only hide the rest.
        if share >= 0.5:
            axes.text(
                column,
                row,
                f"{share:.0f}",
                color="white" if share > dark else "black",
                fontsize=8,
                ha="center",
                va="center",
            )
    for row in np.flatnonzero(np.isnan(shares[:, 0])).tolist():
        axes.text(
            (len(shares) - 1) / 2,
            row,
            "no faces",
            fontsize=8,
            ha="center",
            va="center",
        )
