"""How training labels are spread, with their shots and groups."""

from pathlib import Path
from typing import Any

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.reports.figures import BASE
from keras_groupdir.reports.figures import GROUPDIR
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import finish_panel
from keras_groupdir.reports.figures import panel_for
from keras_groupdir.reports.figures import with_unit
from keras_groupdir.reports.shades import shade_shots
from keras_groupdir.types import ArrayLike


def draw_labels(
    labels: ArrayLike,
    path: str | Path | None = None,
    groups: LabelGroups | None = None,
    bins: LabelGroups | None = None,
    relative_shots: bool = False,
    unit: str = "",
    title: str = "Training labels",
    axes: Any = None,
) -> None:
    """Draws a histogram of labels, its shots, and the edges of groups.

    Counts are on a log scale, on which rare labels are seen.

    Args:
        labels: Training labels. Shape `(n,)` or `(n, 1)`.
        path: PNG file to write, unless there are `axes`.
        groups: Groups whose edges are drawn. Defaults to none.
        bins: Bins of the histogram. Defaults to `LabelGroups.histogram`.
        relative_shots: As for `labels.label_shots`.
        unit: Unit of labels, for the axis.
        title: Title of the picture.
        axes: A `matplotlib.axes.Axes` to draw in, in place of a file.

    Raises:
        ValueError: If labels are not finite, or there is not one place to draw.
    """
    labels = check_labels("labels", labels)
    if bins is None:
        bins = LabelGroups.histogram(labels)
    bins = check_groups(bins, "bins")
    counts = bins.counts(labels)
    panel = panel_for(path, axes)
    handles = shade_shots(panel, bins, counts, relative_shots)
    panel.stairs(counts, bins.edges, fill=True, color=BASE)
    if groups is not None:
        groups = check_groups(groups)
        for edge in groups.edges:
            line = panel.axvline(edge, color=GROUPDIR, lw=1.2, ls="--")
        line.set_label(f"edges of {groups.num_groups} groups")
        handles.append(line)
    panel.set_yscale("log")
    # A bin with one label has a height, too.
    panel.set_ylim(0.75, 1.6 * counts.max())
    panel.yaxis.set_major_formatter("{x:,g}")
    panel.set_xlabel(with_unit("label", unit))
    panel.set_ylabel(f"labels in each of {bins.num_groups} bins")
    panel.set_title(caption(title))
    finish_panel(panel, handles, path)
