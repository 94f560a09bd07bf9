"""Colors of pictures, and files of them that are whole or not there."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.experiments import VANILLA
from keras_groupdir.types import ArrayLike

# Okabe and Ito's, which the color-blind tell apart.
GROUPDIR, GROUPS, OTHERS = "#d55e00", "#cc79a7", "#0072b2"
BASE = "#4d4d4d"
COLORS = (OTHERS, GROUPDIR, "#009e73", GROUPS, "#e69f00", "#56b4e9")
# What colors say, shapes say again. There is one more of them: a color that
# comes again has another shape.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# A title is not made smaller than this, in points.
SMALLEST = 7.0


def color_of(name: str) -> str:
    """Of a recipe."""
    if name == VANILLA:
        return BASE
    if name.startswith("groupdir"):
        return GROUPDIR
    return GROUPS if name.startswith("group_") else OTHERS


def color_at(place: int) -> str:
    """Of a series by its place, when it is no recipe."""
    return COLORS[place % len(COLORS)]


def with_unit(text: str, unit: str) -> str:
    """Text of an axis.

    Examples:

    >>> with_unit("error", "years"), with_unit("error", "")
    ('error (years)', 'error')
    """
    return f"{text} ({caption(unit)})" if unit else text


def legend_below(figure: Any, handles: list[Any], columns: int = 3) -> None:
    """A legend under all panels, where nothing is behind it."""
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize=9,
    )


def open_frame(axes: Any) -> None:
    """Takes away the frame's right and upper side."""
    axes.spines[["top", "right"]].set_visible(False)


def panel_for(path: str | Path | None, axes: Any) -> Any:
    """The given panel, or that of a new figure for a file.

    Args:
        path: PNG file to write, or `None`.
        axes: A `matplotlib.axes.Axes` to draw in, or `None`.

    Raises:
        ValueError: If both are given, or none.
    """
    check_place(path, axes)
    return new_figure(8, 4.5).subplots() if axes is None else axes


def check_place(path: str | Path | None, axes: Any) -> None:
    """Checks that a picture is drawn in one place.

    Raises:
        ValueError: If both are given, or none.
    """
    if (path is None) == (axes is None):
        raise ValueError(
            "Either `path`, a file to write, or `axes`, a panel to draw in, "
            f"must be given. Received: path={path!r}, axes={axes!r}"
        )


def finish_panel(
    panel: Any, handles: list[Any], path: str | Path | None
) -> None:
    """Adds the legend; writes the file, unless the figure is another's.

    Args:
        panel: From `panel_for`.
        handles: Of the legend.
        path: As for `panel_for`.
    """
    open_frame(panel)
    if path is None:
        panel.legend(handles=handles, fontsize=8, framealpha=0.9)
        return
    legend_below(panel.figure, handles)
    save_figure(panel.figure, path)


def check_predictions(
    predictions: Mapping[str, ArrayLike], labels: np.ndarray
) -> dict[str, np.ndarray]:
    """Predictions by name, flat, one for each label.

    Raises:
        ValueError: If there is none, or one has another length.
    """
    if not isinstance(predictions, Mapping) or not predictions:
        raise ValueError(
            "`predictions` must be a dict of predictions by name. "
            f"Received: {predictions!r:.60}"
        )
    checked = {
        str(name): check_labels(f"predictions[{name!r}]", values)
        for name, values in predictions.items()
    }
    for name, values in checked.items():
        if len(values) != len(labels):
            raise ValueError(
                f"`predictions[{name!r}]` must have a value for each of "
                f"{len(labels)} labels. Received: {len(values)}"
            )
    return checked


def caption(text: str, most: int = 60) -> str:
    r"""Text out of a file, as a picture can show it: short, and no formula.

    Args:
        text: Any text.
        most: Characters that are kept.

    Examples:

    >>> print(caption("$a$\nb"), caption("x" * 99)[58:])
    \$a\$ b xx...
    """
    line = " ".join(text.split())
    line = line if len(line) <= most else f"{line[:most]}..."
    return line.replace("$", r"\$")


def save_figure(figure: Any, path: str | Path) -> None:
    """Writes a PNG file, which is whole or not there.

    Args:
        figure: A `matplotlib.figure.Figure`.
        path: The file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A folder that nobody can have put a link in.
    with tempfile.TemporaryDirectory(
        dir=path.parent, prefix=f".{path.name}."
    ) as folder:
        temporary = Path(folder) / path.name
        _fit_titles(figure)
        figure.savefig(temporary, format="png", dpi=150)
        temporary.replace(path)


def _fit_titles(figure: Any) -> None:
    """Makes titles smaller that would be cut, or run into the next panel's."""
    figure.draw_without_rendering()
    titled = [axes for axes in figure.axes if axes.get_title()]
    rooms = [(text, np.inf) for text in figure.texts]
    rooms += [
        # Panels have some room to the next.
        (axes.title, np.inf if len(titled) == 1 else 1.1 * axes.bbox.width)
        for axes in titled
    ]
    for text, most in rooms:
        box = text.get_window_extent()
        middle = (box.x0 + box.x1) / 2
        to_edge = 2 * min(middle, figure.bbox.width - middle)
        # Not up to the very edge.
        room = min(most, 0.98 * to_edge)
        if box.width > room:
            size = text.get_fontsize() * room / box.width
            text.set_fontsize(max(size, SMALLEST))


def new_figure(width: float, height: float) -> Any:
    """An empty `matplotlib.figure.Figure`; matplotlib is loaded only now."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "Pictures need matplotlib: pip install 'keras-groupdir[compare]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")
