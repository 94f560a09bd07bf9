"""How many training faces there are of each age."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from apps.age.panels.numbers import ages_seen
from apps.age.panels.run import Run
from apps.age.panels.style import TRUTH
from apps.age.panels.style import clean
from apps.age.panels.style import plain_log
from apps.age.panels.style import shade_shots
from apps.age.weights import BINS


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
