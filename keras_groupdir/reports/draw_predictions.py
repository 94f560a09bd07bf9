"""What is predicted against what is true."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.reports.bin_means import bin_means
from keras_groupdir.reports.figures import BASE
from keras_groupdir.reports.figures import MARKERS
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import check_place
from keras_groupdir.reports.figures import check_predictions
from keras_groupdir.reports.figures import color_at
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import open_frame
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.figures import with_unit
from keras_groupdir.types import ArrayLike

# Of more, some drawn at equal distances in the order of labels.
MOST_DOTS = 20_000
DOT: dict[str, Any] = {
    "ls": "",
    "alpha": 0.4,
    "markersize": 2.5,
    "markeredgewidth": 0,
}
TRUTH: dict[str, Any] = {"color": BASE, "lw": 1, "zorder": 4, "label": "truth"}


def draw_predictions(
    predictions: Mapping[str, ArrayLike],
    labels: ArrayLike,
    path: str | Path | None = None,
    bins: LabelGroups | None = None,
    window: int = 1,
    unit: str = "",
    title: str = "Predicted against true labels",
    axes: Any = None,
) -> None:
    """Draws a dot for each sample, a panel for each prediction.

    Args:
        predictions: By name, each of shape `(n,)` or `(n, 1)`.
        labels: True labels. Shape `(n,)` or `(n, 1)`.
        path: PNG file to write, unless there are `axes`.
        bins: Bins of labels whose mean predictions are a line. Defaults to
            none.
        window: Odd number of bins, around each, that the line is the mean
            over. Defaults to `1`.
        unit: Unit of labels, for the axes.
        title: Title of the picture.
        axes: A `matplotlib.axes.Axes` to draw in, in place of a file: all
            predictions over each other.

    Raises:
        ValueError: If predictions or bins do not fit, or there is not one place
            to draw.
    """
    check_place(path, axes)
    labels = check_labels("labels", labels)
    predictions = check_predictions(predictions, labels)
    bins = None if bins is None else check_groups(bins, "bins")
    lines = {
        name: bin_means(labels, values, bins, window)
        for name, values in predictions.items()
        if bins is not None
    }
    order = labels.argsort()[:: 1 + len(labels) // MOST_DOTS]
    low = min(labels.min(), *(one.min() for one in predictions.values()))
    high = max(labels.max(), *(one.max() for one in predictions.values()))
    if path is not None:
        figure = new_figure(0.6 + 3.6 * len(predictions), 4.6)
        panels = figure.subplots(
            1, len(predictions), sharex=True, sharey=True, squeeze=False
        )[0].tolist()
    else:
        panels = [axes]
    for panel in panels:
        (truth,) = panel.plot([low, high], [low, high], "--", **TRUTH)
        panel.set_xlabel(with_unit("true label", unit))
        open_frame(panel)
    panels[0].set_ylabel(with_unit("predicted label", unit))
    handles = []
    alone = len(panels) == len(predictions)
    for place, (name, values) in enumerate(predictions.items()):
        panel, color = panels[place % len(panels)], color_at(place)
        # Over each other, predictions are not told apart by color alone.
        mark = "" if alone else MARKERS[place % len(MARKERS)]
        dot = {"marker": mark or "o", "color": color, **DOT}
        shown = panel.plot(labels[order], values[order], **dot)
        if name in lines:
            style = {"marker": mark, "color": color, "lw": 2, "zorder": 3}
            shown = panel.plot(*lines[name], **style)
        shown[0].set_label(caption(name))
        handles += shown
    if path is None:
        axes.set_title(caption(title))
        # Few samples are predicted far too high where labels are low.
        axes.legend(handles=[*handles, truth], fontsize=8, loc="upper left")
        return
    for panel, name in zip(panels, predictions, strict=True):
        panel.set_title(caption(name))
        panel.set_box_aspect(1)
    figure.suptitle(f"{caption(title)}\ndashed: what is true")
    save_figure(figure, path)
