"""A picture of shot tables, side by side."""

from collections.abc import Mapping
from pathlib import Path

from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import legend_below
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import open_frame
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.figures import with_unit
from keras_groupdir.scores import ShotTable

SUBSETS = {"all": "All", "many": "Many", "median": "Median", "few": "Few"}
COLORS = ("#7f7f7f", "#c6dbef", "#6baed6", "#08519c", "#fdd0a2")


def draw_shots(
    tables: Mapping[str, ShotTable],
    path: str | Path,
    metric: str = "mae",
    unit: str = "",
    title: str = "",
) -> None:
    """Draws bars of one metric per shot, a color for each prediction.

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
    for place, (name, values) in enumerate(series.items()):
        left = [x - 0.4 + (place + 0.5) * width for x in range(len(SUBSETS))]
        heights = [values[subset] for subset in SUBSETS]
        color = COLORS[place % len(COLORS)]
        bars = axes.bar(left, heights, width, label=caption(name), color=color)
        axes.bar_label(bars, fmt=_short, fontsize=7, padding=1)
    axes.set_xticks(
        range(len(SUBSETS)),
        [f"{name}\n{counts[key]} samples" for key, name in SUBSETS.items()],
    )
    axes.set_ylabel(f"{with_unit(metric.upper(), unit)}, less is better")
    axes.set_title(caption(title))
    open_frame(axes)
    legend_below(figure, axes.containers, columns=min(len(series), 3))
    save_figure(figure, path)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
