"""A picture of shot tables, side by side."""

import os
from pathlib import Path

import matplotlib as mpl

from keras_groupdir.metrics import ShotTable

mpl.use("Agg")

SUBSETS = {"all": "All", "many": "Many", "median": "Median", "few": "Few"}


def draw_shots(
    path: str | Path,
    tables: dict[str, ShotTable],
    metric: str,
    unit: str,
    title: str,
) -> None:
    """Draws bars of one metric per shot, a colour for each prediction.

    Args:
        path: PNG file to write.
        tables: Shot tables by the name of the method.
        metric: Which metric of the tables.
        unit: Its unit, for the axis.
        title: Title of the picture.
    """
    import matplotlib.pyplot as plt

    series = {
        name if row == "model" else f"{name}, {row}": values[metric]
        for name, table in tables.items()
        for row, values in table.rows.items()
    }
    colors = ["#7f7f7f", "#c6dbef", "#6baed6", "#08519c", "#fdd0a2"]
    counts = next(iter(tables.values())).counts
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    width = 0.8 / len(series)
    for place, (name, values) in enumerate(series.items()):
        left = [x - 0.4 + (place + 0.5) * width for x in range(len(SUBSETS))]
        heights = [values[subset] for subset in SUBSETS]
        bars = axes.bar(
            left, heights, width, label=name, color=colors[place % len(colors)]
        )
        axes.bar_label(bars, fmt=_short, fontsize=7, padding=1)
    axes.set_xticks(
        range(len(SUBSETS)),
        [f"{name}\n{counts[key]} samples" for key, name in SUBSETS.items()],
    )
    axes.set_ylabel(f"{metric.upper()} ({unit}), less is better")
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    temporary = Path(f"{path}.{os.getpid()}.tmp")
    figure.savefig(temporary, format="png", dpi=150)
    plt.close(figure)
    temporary.replace(path)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
