"""Panels about the groups of one run, or of several with the same groups."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from apps.age.panels.numbers import group_distances
from apps.age.panels.numbers import group_shares
from apps.age.panels.numbers import mean_group_distance
from apps.age.panels.run import GroupRun
from apps.age.panels.style import clean
from apps.age.panels.style import name_groups
from apps.age.panels.style import plain_log
from keras_groupdir.reports import BASE
from keras_groupdir.reports import caption

MOST_WRITTEN = 15
# Of a group without faces.
NOTHING = "#d2d2d2"


def draw_confusion(axes: Axes, run: GroupRun) -> None:
    """How the faces of each true group were shared out."""
    shares = group_shares(run.confusion)
    axes.set_facecolor(NOTHING)
    image = axes.imshow(shares, cmap="Blues", vmin=0)
    if len(shares) <= MOST_WRITTEN:
        _write(axes, shares)
    bar = axes.figure.colorbar(image, ax=axes)
    bar.set_label("share of the true group (%)")
    name_groups(axes.xaxis, run.groups)
    name_groups(axes.yaxis, run.groups, rotation=0)
    axes.set(
        title=f"Groups of the test set, {caption(run.name)}",
        xlabel="predicted group (years)",
        ylabel="true group (years)",
    )


def draw_group_sizes(axes: Axes, run: GroupRun) -> None:
    """Faces of each group, in truth and as predicted."""
    confusion = run.confusion
    sizes = {"true": confusion.sum(axis=1), "predicted": confusion.sum(axis=0)}
    colors = {"true": BASE, "predicted": run.color}
    shifts = {"true": -0.2, "predicted": 0.2}
    for name, counts in sizes.items():
        x = np.arange(len(counts)) + shifts[name]
        axes.bar(x, counts, 0.4, color=colors[name], label=name)
        # A log axis shows no bar for these.
        for place in np.flatnonzero(counts == 0):
            axes.text(x[place], 0.8, "0", fontsize=8, ha="center")
    plain_log(axes)
    name_groups(axes.xaxis, run.groups)
    axes.set(
        title="Group sizes in the test set (paper's Fig. 2)",
        xlim=(-0.7, len(confusion) - 0.3),
        xlabel="group (years)",
        ylabel="faces",
        ylim=(0.75, 2 * max(counts.max() for counts in sizes.values())),
    )
    axes.legend(title=caption(run.name), fontsize=8)
    clean(axes)


def draw_group_distance(axes: Axes, runs: Sequence[GroupRun]) -> None:
    """Mean distance of the predicted from the true group, by true group.

    Args:
        axes: To draw on.
        runs: Runs of the same groups and faces.
    """
    width = 0.8 / len(runs)
    for place, run in enumerate(runs):
        distances = group_distances(run.confusion)
        x = np.arange(len(distances)) - 0.4 + (place + 0.5) * width
        mean = mean_group_distance(run.confusion)
        label = f"{caption(run.name)}: {mean:.2f} over all"
        axes.bar(x, distances, width, color=run.color, label=label)
    for group in np.flatnonzero(np.isnan(distances)).tolist():
        axes.text(
            group,
            0,
            " no faces",
            fontsize=8,
            rotation=90,
            ha="center",
            va="bottom",
        )
    name_groups(axes.xaxis, runs[0].groups)
    axes.set(
        title="Distance from the true group (paper's Fig. 5)",
        xlim=(-0.7, len(distances) - 0.3),
        xlabel="true group (years)",
        ylabel="mean absolute distance (groups)",
    )
    axes.legend(fontsize=8)
    clean(axes)


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
