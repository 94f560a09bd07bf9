"""Where along the labels a model is wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.reports.bin_means import bin_means
from keras_groupdir.reports.figures import MARKERS
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import check_predictions
from keras_groupdir.reports.figures import color_at
from keras_groupdir.reports.figures import finish_panel
from keras_groupdir.reports.figures import panel_for
from keras_groupdir.reports.figures import with_unit
from keras_groupdir.reports.shades import shade_shots
from keras_groupdir.types import ArrayLike

# Bins by themselves, where lines are means over some.
DOTS: dict[str, Any] = {"linestyle": "", "markersize": 3, "alpha": 0.4}


def draw_label_errors(
    predictions: Mapping[str, ArrayLike],
    labels: ArrayLike,
    path: str | Path | None = None,
    train_labels: ArrayLike | None = None,
    relative_shots: bool = False,
    bins: LabelGroups | int = 20,
    window: int = 1,
    unit: str = "",
    title: str = "Test error by label",
    axes: Any = None,
) -> None:
    """Draws the mean absolute error of each prediction by true label.

    Args:
        predictions: By name, each of shape `(n,)` or `(n, 1)`.
        labels: True labels. Shape `(n,)` or `(n, 1)`.
        path: PNG file to write, unless there are `axes`.
        train_labels: Labels whose shots are shaded, in `bins`, or those of
            `LabelGroups.histogram` if `bins` is a number. Defaults to none.
        relative_shots: As for `labels.label_shots`.
        bins: Bins of the true labels, or how many, of one width. Defaults to
            `20`.
        window: Odd number of bins, around each, that a line is the mean over;
            of more than one, single bins are dots. Defaults to `1`.
        unit: Unit of labels, for the axes.
        title: Title of the picture.
        axes: A `matplotlib.axes.Axes` to draw in, in place of a file.

    Raises:
        ValueError: If predictions or bins do not fit, or there is not one place
            to draw.
    """
    labels = check_labels("labels", labels)
    predictions = check_predictions(predictions, labels)
    by_number = not isinstance(bins, LabelGroups | dict)
    bins = (
        LabelGroups.from_labels(labels, check_whole("bins", bins, at_least=2))
        if by_number
        else check_groups(bins, "bins")
    )
    errors = {name: np.abs(p - labels) for name, p in predictions.items()}
    means = [bin_means(labels, one, bins, window) for one in errors.values()]
    panel = panel_for(path, axes)
    handles = []
    for place, (name, values) in enumerate(errors.items()):
        style: dict[str, Any] = {"color": color_at(place)}
        mark = {"marker": MARKERS[place % len(MARKERS)]}
        if window == 1:
            style |= {**mark, "markersize": 5}
        else:
            dots = bin_means(labels, values, bins)
            panel.plot(*dots, **style, **mark, **DOTS)
        label = f"{caption(name)}: {values.mean():.3g} over all"
        handles += panel.plot(*means[place], **style, label=label)
    if train_labels is not None:
        train_labels = check_labels("train_labels", train_labels)
        histogram = LabelGroups.histogram(train_labels) if by_number else bins
        limits = panel.get_xlim()
        counted = histogram.counts(train_labels)
        handles += shade_shots(panel, histogram, counted, relative_shots)
        panel.set_xlim(limits)
    panel.set_ylim(bottom=0)
    panel.set_xlabel(with_unit("true label", unit))
    panel.set_ylabel(with_unit("mean absolute error", unit))
    panel.set_title(caption(title))
    finish_panel(panel, handles, path)
