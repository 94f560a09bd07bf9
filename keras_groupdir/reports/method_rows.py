"""Pictures with a row for each method."""

import itertools
import textwrap
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from keras_groupdir.experiments import Method
from keras_groupdir.experiments import MethodSummary
from keras_groupdir.reports.figures import BASE
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import color_of
from keras_groupdir.reports.figures import open_frame

# Characters of a title that are kept.
LONGEST = 80
# Points of a title, and of one in several lines.
LARGE, SMALL = 10.0, 8.0
# Of a line to the next, for each point of the text.
SPACING = 1.25
POINTS_PER_INCH = 72


def name_rows(
    axes: Any,
    methods: Sequence[Method | MethodSummary],
    width: int | None = None,
) -> None:
    """Ticks with the titles of methods, in their colors.

    Args:
        axes: A `matplotlib.axes.Axes`, with the first method at 0.
        methods: In the order of the rows.
        width: Characters of a line. Defaults to one line for each title.
    """
    titles = [_title(one, width) for one in methods]
    axes.set_yticks(range(len(methods)), titles)
    for label, one in zip(axes.get_yticklabels(), methods, strict=True):
        label.set_color(color_of(one.name))
        label.set_fontsize(_size(label.get_text()))


def row_height(
    methods: Sequence[Method | MethodSummary], width: int, least: float
) -> float:
    """Inches between rows in which no title runs into the next.

    Args:
        methods: In the order of the rows.
        width: As for `name_rows`.
        least: Inches that a row has anyway.
    """
    titles = [_title(one, width) for one in methods]
    heights = [
        SPACING * _size(one) * (1 + one.count("\n")) / POINTS_PER_INCH
        for one in titles
    ]
    return max([least, *((a + b) / 2 for a, b in itertools.pairwise(heights))])


def _title(method: Method | MethodSummary, width: int | None) -> str:
    title = caption(method.title, LONGEST)
    return title if width is None else textwrap.fill(title, width)


def _size(title: str) -> float:
    return SMALL if "\n" in title else LARGE


def rule_rows(axes: Any) -> None:
    """Pale lines along the rows, behind what is drawn, and an open frame."""
    open_frame(axes)
    axes.grid(axis="y", color="#eeeeee")
    axes.set_axisbelow(True)


def mark_handles(
    axes: Any, marks: Mapping[str, Mapping[str, Any]]
) -> list[Any]:
    """What a legend needs to say what marks mean, whatever their color.

    Args:
        axes: A `matplotlib.axes.Axes`.
        marks: Arguments of `axes.plot`, by what they mean.
    """
    return [
        axes.plot([], [], color=BASE, label=label, **mark)[0]
        for label, mark in marks.items()
    ]
