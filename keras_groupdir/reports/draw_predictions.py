"""What is predicted against what is true."""

from collections.abc import Mapping
from pathlib import Path

from keras_groupdir.checks import check_labels
from keras_groupdir.reports.figures import BASE
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import check_predictions
from keras_groupdir.reports.figures import color_at
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.figures import with_unit
from keras_groupdir.types import ArrayLike

# Of more, some drawn at equal distances in the order of labels.
MOST_DOTS = 20_000


def draw_predictions(
    predictions: Mapping[str, ArrayLike],
    labels: ArrayLike,
    path: str | Path,
    unit: str = "",
    title: str = "Predicted against true labels",
) -> None:
    """Draws a dot for each sample, a panel for each prediction.

    Args:
        predictions: By name, each of shape `(n,)` or `(n, 1)`.
        labels: True labels. Shape `(n,)` or `(n, 1)`.
        path: PNG file to write.
        unit: Unit of labels, for the axes.
        title: Title of the picture.
    """
    labels = check_labels("labels", labels)
    predictions = check_predictions(predictions, labels)
    order = labels.argsort()[:: 1 + len(labels) // MOST_DOTS]
    low = min(labels.min(), *(one.min() for one in predictions.values()))
    high = max(labels.max(), *(one.max() for one in predictions.values()))
    figure = new_figure(0.6 + 3.6 * len(predictions), 4.6)
    panels = figure.subplots(
        1, len(predictions), sharex=True, sharey=True, squeeze=False
    )[0]
    for place, (axes, (name, values)) in enumerate(
        zip(panels, predictions.items(), strict=True)
    ):
        axes.plot([low, high], [low, high], "--", color=BASE, lw=1, zorder=3)
        axes.plot(
            labels[order],
            values[order],
            ".",
            color=color_at(place),
            alpha=0.4,
            markersize=5,
            markeredgewidth=0,
        )
        axes.set_title(caption(name))
        axes.set_xlabel(with_unit("true label", unit))
        axes.set_box_aspect(1)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel(with_unit("predicted label", unit))
    figure.suptitle(f"{caption(title)}\ndashed: what is true")
    save_figure(figure, path)
