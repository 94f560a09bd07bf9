"""Panels over age: training faces, errors and predictions."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from apps.age.panels.numbers import ages_seen
from apps.age.panels.run import Run
from apps.age.panels.style import plain_log
from apps.data.faces.task import BINS
from keras_groupdir.reports import draw_label_errors
from keras_groupdir.reports import draw_labels
from keras_groupdir.reports import draw_predictions

YEARS = 5
UNIT = "years"


def draw_density(axes: Axes, runs: Sequence[Run]) -> None:
    """Training faces per year of age, with many, median and few shots."""
    run = runs[0]
    draw_labels(run.train_labels, bins=BINS, title="Training set", axes=axes)
    plain_log(axes)
    axes.set(
        xlabel=f"age ({UNIT})",
        ylabel="faces per year of age",
        xlim=ages_seen(run.labels, run.train_labels),
    )


def draw_errors_by_age(axes: Axes, runs: Sequence[Run]) -> None:
    """Mean absolute error by true age, over the shots of the training set."""
    run = runs[0]
    draw_label_errors(
        _predictions(runs),
        run.labels,
        train_labels=run.train_labels,
        title=f"Test error by age (dots: one year; lines: {YEARS})",
        **_over_years(axes),
    )
    axes.set_xlim(ages_seen(run.labels, run.train_labels))


def draw_predicted_ages(axes: Axes, runs: Sequence[Run]) -> None:
    """A dot for each face of the test set, and the mean prediction by age."""
    draw_predictions(
        _predictions(runs),
        runs[0].labels,
        title=f"Predicted against true age (lines: means of {YEARS} years)",
        **_over_years(axes),
    )


def _predictions(runs: Sequence[Run]) -> dict[str, Any]:
    return {run.name: run.prediction for run in runs}


def _over_years(axes: Axes) -> dict[str, Any]:
    return {"bins": BINS, "window": YEARS, "unit": UNIT, "axes": axes}
