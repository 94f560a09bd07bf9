"""How far off the group classifier is: the paper's Fig. 5."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from apps.age.panels.numbers import group_distances
from apps.age.panels.numbers import mean_group_distance
from apps.age.panels.run import GroupRun
from apps.age.panels.style import clean
from apps.age.panels.style import name_groups


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
        label = f"{run.name}: {mean:.2f} over all"
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
