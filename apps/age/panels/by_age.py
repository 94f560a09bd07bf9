"""Panels over age: training faces, errors and predictions."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from apps.age.panels.numbers import ages_seen
from apps.age.panels.numbers import mean_per_age
from apps.age.panels.run import Run
from apps.age.panels.style import TRUTH
from apps.age.panels.style import clean
from apps.age.panels.style import plain_log
from apps.age.panels.style import shade_shots
from apps.data.faces.task import BINS

WINDOW = 5


def draw_density(axes: Axes, runs: Sequence[Run]) -> None:
    """Training faces per year of age, with many, median and few shots."""
    run = runs[0]
    shades = shade_shots(axes, run.train_labels)
    counts = BINS.counts(run.train_labels)
    axes.stairs(counts, BINS.edges, fill=True, color=TRUTH)
    plain_log(axes)
    axes.set(
        title="Training set",
        xlabel="age (years)",
        ylabel="faces per year of age",
        xlim=ages_seen(run.labels, run.train_labels),
        ylim=(0.75, 2 * counts.max()),
    )
    axes.legend(handles=shades, fontsize=8, framealpha=0.9)
    clean(axes)


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
