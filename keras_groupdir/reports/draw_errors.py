"""Errors of every method, with what the seeds leave open."""

import statistics
from pathlib import Path
from typing import Any

import numpy as np

from keras_groupdir.experiments import Comparison
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


def draw_errors(comparison: Comparison, path: str | Path) -> None:
    """Draws mean, 95% interval and seeds, overall and few-shot.

    Args:
        comparison: From `experiments.compare`.
        path: PNG file to write.
    """
    methods = [one for one in comparison.methods if one.finite]
    figure = new_figure(11, 2.05 + 0.25 * len(methods))
    axes = figure.subplots(1, len(PANELS), sharey=True)
    for panel, (subset, title) in zip(axes, PANELS.items(), strict=True):
        panel.set_title(title)
        _draw(panel, comparison, methods, subset)
    name_rows(axes[0], methods)
    axes[0].set_ylim(len(methods) - 0.4, -0.6)
    dataset = caption(comparison.dataset)
    figure.suptitle(f"Test error on {dataset}, the best first")
    legend_below(figure, mark_handles(axes[0], MARKS))
    save_figure(figure, path)


def _draw(
    axes: Any, comparison: Comparison, methods: list[Method], subset: str
) -> None:
    metric = comparison.metric
    errors = [list(one.errors(metric, subset).values()) for one in methods]
    # Between the numbers and this is room for their power of ten.
    axes.set_xlabel(metric_label(metric, comparison.unit), labelpad=15)
    # Numbers that are short and few do not run into each other.
    axes.locator_params(axis="x", nbins=5)
    axes.ticklabel_format(
        axis="x", scilimits=(-3, 4), useOffset=False, useMathText=True
    )
    rule_rows(axes)
    if not any(errors):
        axes.text(0.5, 0.5, "no samples", transform=axes.transAxes, ha="center")
        return
    low, high = _limits(errors)
    axes.set_xlim(low, high)
    if comparison.vanilla is not None:
        base = comparison.vanilla.errors(metric, subset).values()
        if base:
            axes.axvline(statistics.fmean(base), color=BASE, ls="--", lw=1)
    for place, (method, values) in enumerate(zip(methods, errors, strict=True)):
        found = interval(values)
        if found is None:
            continue
        color = color_of(method.name)
        axes.plot(values, [place] * len(values), color=color, **SEED)
        axes.errorbar(
            found.mean, place, xerr=found.half, fmt="o", color=color, lw=1.5
        )
        if found.mean > high:
            axes.annotate(
                f"{found.mean:.3g} →",
                (high, place),
                ha="right",
                va="center",
                color=color,
                fontsize=9,
            )


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
