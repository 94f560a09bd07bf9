"""Pictures with a row for each method."""

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
    titles = [caption(one.title, LONGEST) for one in methods]
    if width is not None:
        titles = [textwrap.fill(one, width) for one in titles]
    axes.set_yticks(range(len(methods)), titles)
    for label, one in zip(axes.get_yticklabels(), methods, strict=True):
        label.set_color(color_of(one.name))


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
