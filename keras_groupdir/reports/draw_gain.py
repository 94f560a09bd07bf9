"""Who gains where: the change from vanilla by shot."""

from pathlib import Path
from typing import Any

import numpy as np

from keras_groupdir.experiments import Change
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Method
from keras_groupdir.experiments import change
from keras_groupdir.reports.cells import NONE
from keras_groupdir.reports.cells import SHORT
from keras_groupdir.reports.cells import SUBSETS
from keras_groupdir.reports.cells import percent_cell
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.method_rows import name_rows
from keras_groupdir.reports.method_rows import row_height

# Characters of a line of a title.
WIDTH = 34


def draw_gain(comparison: Comparison, path: str | Path) -> None:
    """Draws a cell for each method and subset; nothing without vanilla.

    Args:
        comparison: With a finished run of vanilla.
        path: PNG file to write.
    """
    vanilla = comparison.vanilla
    methods = [
        one for one in comparison.methods if one.finite and one is not vanilla
    ]
    if vanilla is None or not methods:
        return
    metric = comparison.metric
    changes = [_changes(one, vanilla, metric) for one in methods]
    percents = np.array(
        [[np.nan if c is None else c.percent for c in row] for row in changes]
    )
    # A method that is far off must not take the color of the others.
    reach = np.nanquantile(np.abs(percents), 0.9) if percents.size else 1.0
    reach = max(float(np.nan_to_num(reach)), 1.0)
    # Beside few rows the label of the bar still has room.
    height = row_height(methods, WIDTH, least=0.25)
    figure = new_figure(7.5, max(3.0, 1.9 + height * len(methods)))
    axes = figure.subplots()
    image = axes.imshow(
        percents, cmap="RdBu_r", vmin=-reach, vmax=reach, aspect="auto"
    )
    for (row, column), percent in np.ndenumerate(percents):
        ink = "white" if abs(percent) > 0.7 * reach else "black"
        _write(axes, row, column, changes[row][column], ink)
    axes.set_xticks(range(len(SUBSETS)), SUBSETS)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    name_rows(axes, methods, WIDTH)
    bar = figure.colorbar(image, ax=axes, extend="both", shrink=0.8)
    bar.set_label(f"change of {SHORT[metric]} (%),\nless is better")
    figure.suptitle(
        f"Change from vanilla on {caption(comparison.dataset)}\n"
        "bold: the paired 95% interval excludes 0",
    )
    save_figure(figure, path)


def _changes(
    method: Method, vanilla: Method, metric: str
) -> list[Change | None]:
    """Of each subset."""
    return [
        change(method.errors(metric, subset), vanilla.errors(metric, subset))
        for subset in SUBSETS
    ]


def _write(
    axes: Any, row: int, column: int, found: Change | None, ink: str
) -> None:
    """A change into its cell, bold if its interval excludes 0."""
    is_clear = found is not None and found.excludes_zero
    axes.text(
        column,
        row,
        NONE if found is None else percent_cell(found.percent),
        ha="center",
        va="center",
        fontsize=9,
        color=ink,
        weight="bold" if is_clear else "normal",
    )
