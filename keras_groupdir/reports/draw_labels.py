"""How training labels are spread, with their shots and groups."""

from pathlib import Path

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.groups import check_groups
from keras_groupdir.reports.figures import BASE
from keras_groupdir.reports.figures import GROUPDIR
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import legend_below
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.figures import with_unit
from keras_groupdir.reports.shades import shade_shots
from keras_groupdir.types import ArrayLike


def draw_labels(
    labels: ArrayLike,
    path: str | Path,
    groups: LabelGroups | None = None,
    bins: LabelGroups | None = None,
    relative_shots: bool = False,
    unit: str = "",
    title: str = "Training labels",
) -> None:
    """Draws a histogram of labels, its shots, and the edges of groups.

    Counts are on a log scale, on which rare labels are seen.

    Args:
        labels: Training labels. Shape `(n,)` or `(n, 1)`.
        path: PNG file to write.
        groups: Groups whose edges are drawn. Defaults to none.
        bins: Bins of the histogram. Defaults to `LabelGroups.histogram`.
        relative_shots: As for `labels.label_shots`.
        unit: Unit of labels, for the axis.
        title: Title of the picture.
    """
    labels = check_labels("labels", labels)
    bins = LabelGroups.histogram(labels) if bins is None else bins
    counts = check_groups(bins, "bins").counts(labels)
    figure = new_figure(8, 4.5)
    axes = figure.subplots()
    handles = shade_shots(axes, bins, counts, relative_shots)
    axes.stairs(counts, bins.edges, fill=True, color=BASE)
    if groups is not None:
        for edge in check_groups(groups).edges:
            line = axes.axvline(edge, color=GROUPDIR, lw=1.2, ls="--")
        line.set_label(f"edges of {groups.num_groups} groups")
        handles.append(line)
    axes.set_yscale("log")
    # A bin with one label has a height, too.
    axes.set_ylim(0.7, 1.6 * counts.max())
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.set_xlabel(with_unit("label", unit))
    axes.set_ylabel(f"labels in each of {bins.num_groups} bins")
    axes.set_title(caption(title))
    axes.spines[["top", "right"]].set_visible(False)
    legend_below(figure, handles)
    save_figure(figure, path)
