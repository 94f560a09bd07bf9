"""A picture of shot tables, side by side."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import legend_below
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import open_frame
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.metric_label import metric_label
from keras_groupdir.scores import ShotTable

SUBSETS = {"all": "All", "many": "Many", "median": "Median", "few": "Few"}
COLORS = ("#7f7f7f", "#c6dbef", "#6baed6", "#08519c", "#fdd0a2")
# What is seen on each of them.
INKS = ("white", "black", "black", "white", "black")
# Of a color that comes again, and again.
HATCHES = ("", "///", "...", "xxx", "---")
# Points of the number above a bar; where it has no room for the least, there is
# none.
LARGEST, LEAST = 7.0, 5.0


def draw_shots(
    tables: Mapping[str, ShotTable],
    path: str | Path,
    metric: str = "mae",
    unit: str = "",
    title: str = "",
) -> None:
    """Draws bars of one metric per shot, a color for each prediction.

    Of more predictions than there are colors, the others are hatched, too.

    Args:
        tables: Shot tables by the name of the method.
        path: PNG file to write.
        metric: Which metric of the tables. Defaults to `"mae"`.
        unit: Its unit, for the axis.
        title: Title of the picture.
    """
    series = {
        name if row == "model" else f"{name}, {row}": values[metric]
        for name, table in tables.items()
        for row, values in table.rows.items()
    }
    counts = next(iter(tables.values())).counts
    figure = new_figure(8, 4.5)
    axes = figure.subplots()
    width = 0.8 / len(series)
    numbers: list[Any] = []
    for place, (name, values) in enumerate(series.items()):
        left = [x - 0.4 + (place + 0.5) * width for x in range(len(SUBSETS))]
        heights = [values[subset] for subset in SUBSETS]
        bars = axes.bar(
            left, heights, width, label=caption(name), **_style(place)
        )
        numbers += axes.bar_label(bars, fmt=_short, padding=1)
    axes.set_xticks(
        range(len(SUBSETS)),
        [f"{name}\n{counts[key]} samples" for key, name in SUBSETS.items()],
    )
    axes.set_ylabel(metric_label(metric, unit))
    axes.set_title(caption(title))
    open_frame(axes)
    legend_below(figure, axes.containers, columns=min(len(series), 3))
    _fit_numbers(numbers, axes)
    save_figure(figure, path)


def _style(place: int) -> dict[str, Any]:
    """How the bars of a series look, by its place."""
    turn, color = divmod(place, len(COLORS))
    return {
        "color": COLORS[color],
        "hatch": HATCHES[turn % len(HATCHES)],
        # That of the hatch; the bars have no edges.
        "edgecolor": INKS[color],
        "linewidth": 0,
    }


def _fit_numbers(numbers: list[Any], axes: Any) -> None:
    """Makes the numbers above bars as narrow as these, or takes them away."""
    for one in numbers:
        one.set_fontsize(LARGEST)
    axes.figure.draw_without_rendering()
    # Numbers of bars of one height do not touch each other.
    room = 0.9 * axes.patches[0].get_window_extent().width
    widest = max(one.get_window_extent().width for one in numbers)
    size = LARGEST if widest <= room else LARGEST * room / widest
    for one in numbers:
        if size < LEAST:
            one.remove()
        else:
            one.set_fontsize(size)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
