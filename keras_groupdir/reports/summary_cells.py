"""Cells of the tables over several data sets."""

from keras_groupdir.experiments import OverSets
from keras_groupdir.experiments import Result
from keras_groupdir.experiments import Summary
from keras_groupdir.reports.cells import NONE
from keras_groupdir.reports.cells import change_cell
from keras_groupdir.reports.cells import percent_cell
from keras_groupdir.reports.cells import plain


def over_sets_cell(found: OverSets | None) -> str:
    """Mean change in per cent, with the ends of its interval.

    Examples:

    >>> over_sets_cell(OverSets(-4.06, -7.0, -1.2, -4.0, 2, 1, 0, 3, 0))
    '-4.1 [-7.0, -1.2]'
    """
    if found is None:
        return NONE
    mean = percent_cell(found.percent)
    if found.low is None or found.high is None:
        return mean
    return f"{mean} [{percent_cell(found.low)}, {percent_cell(found.high)}]"


def counts_cells(found: OverSets | None) -> list[str]:
    """Data sets by what was found there.

    Examples:

    >>> counts_cells(OverSets(-4.06, -7.0, -1.2, -4.0, 2, 1, 0, 3, 0))
    ['2 / 1 / 0', '3 / 0']
    """
    if found is None:
        return [NONE, NONE]
    return [
        f"{found.wins} / {found.ties} / {found.losses}",
        f"{found.better} / {found.worse}",
    ]


def result_cell(result: Result | None, is_base: bool) -> str:
    """Change on one data set, bold if its interval excludes 0.

    Examples:

    >>> result_cell(Result(0.12345), True), result_cell(None, False)
    ('error 0.123', '-')
    """
    if result is None or result.error is None:
        return NONE
    if is_base:
        return f"error {result.error:.3g}"
    cell = change_cell(result.overall)
    is_clear = result.overall is not None and result.overall.excludes_zero
    return f"**{cell}**" if is_clear else cell


def title_of(summary: Summary, name: str) -> str:
    """Of a method; its name if it was run nowhere."""
    titles = {one.name: one.title for one in summary.methods}
    return plain(titles.get(name, name))
