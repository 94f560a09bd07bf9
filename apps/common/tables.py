"""Cells of tables."""

import statistics
from collections.abc import Sequence

from keras_groupdir.reports import number_cell


def mean_and_spread(values: Sequence[float | None], digits: int = 3) -> str:
    """Mean, and the standard deviation if there are several values.

    Examples:

    >>> mean_and_spread([1.0, 2.0, 3.0])
    '2.000 ± 1.000'
    >>> mean_and_spread([1234.5], digits=0), mean_and_spread([1.0, None])
    ('1234', '-')
    """
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values):
        return "-"
    mean = number_cell(statistics.fmean(numbers), digits)
    if len(numbers) == 1:
        return mean
    return f"{mean} ± {number_cell(statistics.stdev(numbers), digits)}"
