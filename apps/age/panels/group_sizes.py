"""True and predicted sizes of the groups: the paper's Fig. 2."""

import numpy as np
from matplotlib.axes import Axes

from apps.age.panels.run import GroupRun
from apps.age.panels.style import TRUTH
from apps.age.panels.style import clean
from apps.age.panels.style import name_groups
from apps.age.panels.style import plain_log


def draw_group_sizes(axes: Axes, run: GroupRun) -> None:
    """Faces of each group, in truth and as predicted."""
    confusion = run.confusion
    sizes = {"true": confusion.sum(axis=1), "predicted": confusion.sum(axis=0)}
    colors = {"true": TRUTH, "predicted": run.color}
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
    axes.legend(title=run.name, fontsize=8)
    clean(axes)
