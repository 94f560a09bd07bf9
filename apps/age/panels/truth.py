"""Predicted against true ages."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from apps.age.panels.label_error import WINDOW
from apps.age.panels.numbers import ages_seen
from apps.age.panels.numbers import mean_per_age
from apps.age.panels.run import Run
from apps.age.panels.style import TRUTH
from apps.age.panels.style import clean
from apps.age.weights import BINS


def draw_truth(axes: Axes, runs: Sequence[Run]) -> None:
    """A dot for each face of the test set, and the mean prediction by age."""
    for run in runs:
        axes.plot(
            run.labels,
            run.prediction,
            ".",
            color=run.color,
            alpha=0.35,
            markersize=4.5,
            markeredgewidth=0,
            rasterized=True,
        )
    for run in runs:
        means = mean_per_age(run.labels, run.prediction, WINDOW)
        axes.plot(
            BINS.centers,
            means,
            color=run.color,
            linewidth=2,
            label=f"{run.name}, mean over {WINDOW} years",
        )
    low, high = ages_seen(*(run.labels for run in runs))
    axes.plot([low, high], [low, high], "--", color=TRUTH, label="truth")
    axes.set(
        title="Predicted against true age",
        xlabel="true age (years)",
        ylabel="predicted age (years)",
        xlim=(low, high),
    )
    axes.legend(fontsize=8, loc="upper left")
    clean(axes)
