"""Errors of every method, with what the seeds leave open."""

import statistics
from pathlib import Path
from typing import Any

import numpy as np

from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Interval
from keras_groupdir.experiments import Method
from keras_groupdir.experiments import interval
from keras_groupdir.reports.figures import BASE
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import color_of
from keras_groupdir.reports.figures import legend_below
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.method_rows import mark_handles
from keras_groupdir.reports.method_rows import name_rows
from keras_groupdir.reports.method_rows import rule_rows
from keras_groupdir.reports.metric_label import metric_label

# Of matplotlib, which is not loaded here: a triangle with its tip in the place.
CARETLEFT, CARETRIGHT = 4, 5
PANELS = {"all": "Overall", "few": "Few-shot labels"}
SEED: dict[str, Any] = {
    "marker": "o",
    "linestyle": "",
    "markersize": 4,
    "alpha": 0.35,
}
MARKS: dict[str, dict[str, Any]] = {
    "mean, 95% interval": {"marker": "o"},
    "one seed": SEED,
    "vanilla's mean": {"ls": "--"},
}
CUT: dict[str, Any] = {"marker": CARETRIGHT, "linestyle": "", "markersize": 7}
CUT_MARKS = {"goes on; a number is the mean": CUT}


def draw_errors(comparison: Comparison, path: str | Path) -> None:
    """Draws mean, 95% interval and seeds, overall and few-shot.

    Args:
        comparison: From `experiments.compare`.
        path: PNG file to write.
    """
    methods = [one for one in comparison.methods if one.finite]
    figure = new_figure(11, 2.05 + 0.25 * len(methods))
    # A label under all that is inside of it does not lie on the legend.
    inside = figure.subfigures()
    axes = inside.subplots(1, len(PANELS), sharey=True)
    is_cut = False
    for panel, (subset, title) in zip(axes, PANELS.items(), strict=True):
        panel.set_title(title)
        is_cut |= _draw(panel, comparison, methods, subset)
    name_rows(axes[0], methods)
    axes[0].set_ylim(len(methods) - 0.4, -0.6)
    dataset = caption(comparison.dataset)
    figure.suptitle(f"Test error on {dataset}, the best first")
    # One for all panels: of two, long units run into each other.
    inside.supxlabel(
        metric_label(comparison.metric, comparison.unit), fontsize="medium"
    )
    marks = MARKS | (CUT_MARKS if is_cut else {})
    legend_below(figure, mark_handles(axes[0], marks), columns=len(marks))
    save_figure(figure, path)


def _draw(
    axes: Any, comparison: Comparison, methods: list[Method], subset: str
) -> bool:
    """Draws a panel; returns whether something is beyond its frame."""
    metric = comparison.metric
    errors = [list(one.errors(metric, subset).values()) for one in methods]
    # Numbers that are short and few do not run into each other.
    axes.locator_params(axis="x", nbins=5)
    axes.ticklabel_format(
        axis="x", scilimits=(-3, 4), useOffset=False, useMathText=True
    )
    rule_rows(axes)
    if not any(errors):
        axes.text(0.5, 0.5, "no samples", transform=axes.transAxes, ha="center")
        return False
    axes.set_xlim(*_limits(errors))
    if comparison.vanilla is not None:
        base = comparison.vanilla.errors(metric, subset).values()
        if base:
            axes.axvline(statistics.fmean(base), color=BASE, ls="--", lw=1)
    is_cut = False
    for place, (method, values) in enumerate(zip(methods, errors, strict=True)):
        found = interval(values)
        if found is None:
            continue
        color = color_of(method.name)
        axes.plot(values, [place] * len(values), color=color, **SEED)
        axes.errorbar(
            found.mean, place, xerr=found.half, fmt="o", color=color, lw=1.5
        )
        is_cut |= _mark_cuts(axes, place, values, found, color)
    return is_cut


def _mark_cuts(
    axes: Any, place: int, values: list[float], found: Interval, color: str
) -> bool:
    """Marks at the frame what of a row is beyond it; returns whether any is."""
    low, high = axes.get_xlim()
    half = found.half or 0.0
    # The tips touch the frame.
    style = {**CUT, "color": color}
    is_left = min(*values, found.mean - half) < low
    if is_left:
        axes.plot(low, place, **style | {"marker": CARETLEFT})
    is_right = max(*values, found.mean + half) > high
    if is_right:
        axes.plot(high, place, **style)
    if found.mean > high:
        # Beside the frame, where there are no bars and seeds.
        axes.annotate(
            f"{found.mean:.3g}",
            (1, place),
            xycoords=axes.get_yaxis_transform(),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=color,
            fontsize=9,
        )
    return is_left or is_right


def _limits(errors: list[list[float]]) -> tuple[float, float]:
    """Where all seeds are, without the few methods that are far off."""
    values = [value for seeds in errors for value in seeds]
    means = [statistics.fmean(seeds) for seeds in errors if seeds]
    first, third = np.quantile(means, [0.25, 0.75])
    # Tukey's rule for what is far out.
    fence = third + 3 * (third - first)
    low, high = min(values), max(values)
    if len(means) > 3:
        high = max(v for v in values if v <= max(fence, min(values)))
    room = 0.08 * (high - low) or 0.1 * high
    return low - room, high + room
