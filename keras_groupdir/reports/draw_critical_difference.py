"""Mean ranks over data sets, and which of them cannot be told apart."""

from pathlib import Path
from typing import Any

from keras_groupdir.experiments import Ranks
from keras_groupdir.experiments import Summary
from keras_groupdir.reports.cells import counted
from keras_groupdir.reports.figures import BASE
from keras_groupdir.reports.figures import color_of
from keras_groupdir.reports.figures import legend_below
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.method_rows import mark_handles
from keras_groupdir.reports.method_rows import name_rows
from keras_groupdir.reports.method_rows import row_height
from keras_groupdir.reports.method_rows import rule_rows

DATASET: dict[str, Any] = {
    "marker": "o",
    "linestyle": "",
    "markersize": 4,
    "alpha": 0.25,
    "markeredgewidth": 0,
}
MARKS: dict[str, dict[str, Any]] = {
    "mean rank": {"marker": "o", "ls": "", "markersize": 7},
    "rank on one data set": DATASET,
}
GROUP_MARKS = {"not told apart (Nemenyi, 95%)": {"lw": 4}}
# Characters of a line of a title: in two, a long one leaves the ranks room.
WIDTH = 48
# Above the first method, whose place is 0.
BAR_PLACE = -1.1


def draw_critical_difference(summary: Summary, path: str | Path) -> None:
    """Draws mean ranks, the critical difference, and groups within it.

    Nothing without ranks.

    Args:
        summary: From `experiments.summarize`.
        path: PNG file to write.

    Reference:
    - [Demsar, 2006](https://www.jmlr.org/papers/v7/demsar06a.html)
    """
    ranks = summary.ranks
    if ranks is None:
        return
    by_name = {one.name: one for one in summary.methods}
    names = list(ranks.means)
    methods = [by_name[name] for name in names]
    groups = ranks.groups
    height = row_height(methods, WIDTH, least=0.27)
    figure = new_figure(9, 2.4 + height * len(names))
    axes, side = figure.subplots(
        1, 2, sharey=True, width_ratios=[8, 0.4 + 0.25 * max(1, len(groups))]
    )
    _draw_ranks(axes, ranks)
    _draw_bar(axes, ranks)
    _draw_groups(side, names, groups)
    name_rows(axes, methods, WIDTH)
    axes.set_ylim(len(names) - 0.4, BAR_PLACE - 0.9)
    figure.suptitle(
        f"Ranks of {len(names)} methods on "
        f"{counted(len(ranks.datasets), 'data set')}, the best first"
    )
    marks = MARKS | (GROUP_MARKS if groups else {})
    legend_below(figure, mark_handles(axes, marks))
    save_figure(figure, path)


def _draw_ranks(axes: Any, ranks: Ranks) -> None:
    for place, (name, mean) in enumerate(ranks.means.items()):
        color = color_of(name)
        own = ranks.by_method[name]
        axes.plot(own, [place] * len(own), color=color, **DATASET)
        axes.plot(mean, place, "o", color=color, markersize=7)
        axes.annotate(
            f"{mean:.2f}",
            (mean, place),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            color=color,
            fontsize=8,
        )
    end = min(ranks.means.values()) + ranks.critical_difference
    # The whole bar is seen, even where it is longer than all ranks.
    axes.set_xlim(0.5, max(len(ranks.means) + 0.5, end + 0.1))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("rank, less is better")
    rule_rows(axes)


def _draw_bar(axes: Any, ranks: Ranks) -> None:
    """The critical difference, from the best mean rank on."""
    start = min(ranks.means.values())
    end = start + ranks.critical_difference
    axes.plot([start, end], [BAR_PLACE] * 2, "|-", color=BASE, lw=2, mew=2)
    axes.annotate(
        f"critical difference {ranks.critical_difference:.2f}",
        ((start + end) / 2, BAR_PLACE),
        xytext=(0, 5),
        textcoords="offset points",
        ha="center",
        color=BASE,
        fontsize=9,
    )


def _draw_groups(axes: Any, names: list[str], groups: list[list[str]]) -> None:
    """A bar beside the methods of each group."""
    for column, group in enumerate(groups):
        places = [names.index(name) for name in group]
        axes.plot(
            [column] * 2,
            [min(places) - 0.2, max(places) + 0.2],
            color=BASE,
            lw=4,
            solid_capstyle="round",
        )
    axes.set_xlim(-1, max(1, len(groups)))
    axes.set_axis_off()
