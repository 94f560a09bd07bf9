"""Which ages are predicted badly."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from apps.age.panels.numbers import ages_seen
from apps.age.panels.numbers import mean_per_age
from apps.age.panels.run import Run
from apps.age.panels.style import clean
from apps.age.panels.style import shade_shots
from apps.age.weights import BINS

WINDOW = 5


def draw_label_error(axes: Axes, runs: Sequence[Run]) -> None:
    """Mean absolute error by true age, over the shots of the training set."""
    shade_shots(axes, runs[0].train_labels)
    for run in runs:
        axes.plot(
            BINS.centers,
            mean_per_age(run.labels, run.errors),
            ".",
            color=run.color,
            alpha=0.4,
            markersize=4,
        )
        axes.plot(
            BINS.centers,
            mean_per_age(run.labels, run.errors, WINDOW),
            color=run.color,
            label=f"{run.name}: {run.errors.mean():.2f} over all",
        )
    axes.set(
        title="Test error by age",
        xlabel="true age (years)",
        ylabel="mean absolute error (years)",
        xlim=ages_seen(runs[0].labels, runs[0].train_labels),
    )
    # With room for the legend.
    axes.set_ylim(0, 1.25 * axes.get_ylim()[1])
    axes.legend(
        title=f"dots: one year; lines: {WINDOW} years", fontsize=8
    ).get_title().set_fontsize(8)
    clean(axes)
