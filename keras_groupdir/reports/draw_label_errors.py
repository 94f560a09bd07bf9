"""Where along the labels a model is wrong."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.reports.figures import MARKERS
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import check_predictions
from keras_groupdir.reports.figures import color_at
from keras_groupdir.reports.figures import legend_below
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.figures import with_unit
from keras_groupdir.reports.shades import shade_shots
from keras_groupdir.types import ArrayLike


def draw_label_errors(
    predictions: Mapping[str, ArrayLike],
    labels: ArrayLike,
    path: str | Path,
    train_labels: ArrayLike | None = None,
    relative_shots: bool = False,
    num_bins: int = 20,
    unit: str = "",
    title: str = "Test error by label",
) -> None:
    """Draws the mean absolute error of each prediction by true label.

    Args:
        predictions: By name, each of shape `(n,)` or `(n, 1)`.
        labels: True labels. Shape `(n,)` or `(n, 1)`.
        path: PNG file to write.
        train_labels: Labels whose shots are shaded, in bins of
            `LabelGroups.histogram`. Defaults to none.
        relative_shots: As for `labels.label_shots`.
        num_bins: Bins of the true labels, of one width. Defaults to `20`.
        unit: Unit of labels, for the axes.
        title: Title of the picture.
    """
    labels = check_labels("labels", labels)
    predictions = check_predictions(predictions, labels)
    check_whole("num_bins", num_bins, at_least=2)
    bins = LabelGroups.from_labels(labels, num_bins)
    ids, counts = bins.assign(labels), bins.counts(labels)
    seen = counts > 0
    figure = new_figure(8, 4.5)
    axes = figure.subplots()
    handles = []
    for place, (name, values) in enumerate(predictions.items()):
        errors = np.abs(values - labels)
        sums = np.bincount(ids, weights=errors, minlength=num_bins)
        handles += axes.plot(
            bins.centers[seen],
            sums[seen] / counts[seen],
            color=color_at(place),
            marker=MARKERS[place % len(MARKERS)],
            markersize=5,
            label=f"{caption(name)}: {errors.mean():.3g} over all",
        )
    if train_labels is not None:
        train_labels = check_labels("train_labels", train_labels)
        histogram = LabelGroups.histogram(train_labels)
        counted = histogram.counts(train_labels)
        limits = axes.get_xlim()
        handles += shade_shots(axes, histogram, counted, relative_shots)
        axes.set_xlim(limits)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(with_unit("true label", unit))
    axes.set_ylabel(with_unit("mean absolute error", unit))
    axes.set_title(caption(title))
    axes.spines[["top", "right"]].set_visible(False)
    legend_below(figure, handles)
    save_figure(figure, path)
