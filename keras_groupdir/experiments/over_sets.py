"""What changes on several data sets come to."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from keras_groupdir.experiments.statistics import Change
from keras_groupdir.experiments.statistics import interval


@dataclass(frozen=True)
class OverSets:
    """Changes of one method from another, over data sets.

    Attributes:
        percent: Mean, of the logarithms of the ratios.
        low: Lower end of its 95% interval; `None` from one data set.
        high: Upper end.
        median: Of the changes.
        wins: Data sets where the interval over seeds is below 0.
        ties: Those where it holds 0, or where there is none.
        losses: Those where it is above 0.
        better: Data sets with a smaller mean error.
        worse: Those with a larger one.
    """

    percent: float
    low: float | None
    high: float | None
    median: float
    wins: int
    ties: int
    losses: int
    better: int
    worse: int

    @property
    def num_sets(self) -> int:
        """Data sets with a change."""
        return self.wins + self.ties + self.losses


def over_sets(changes: Iterable[Change | None]) -> OverSets | None:
    """Takes changes on data sets together, each of which counts the same.

    The mean is that of the logarithms of the ratios of the errors, so that half
    the error here and twice the error there come to no change:

    ```
    percent = 100 (exp(mean_d log(1 + percent_d / 100)) - 1)
    ```

    Its interval, by Student's t distribution, is about what other data sets
    like these would show. An error of exactly 0 has no logarithm and does not
    count; what is more than any float is infinite.

    Args:
        changes: One for each data set; `None` where there is none.

    Returns:
        `None` without any.

    Examples:

    >>> halved, doubled = Change(-50.0, 9.0, 0.01), Change(100.0, None, None)
    >>> found = over_sets([halved, doubled, None])
    >>> round(found.percent, 9), found.wins, found.ties, found.better
    (0.0, 1, 1, 1)
    """
    found = [one for one in changes if one is not None and one.percent > -100]
    logarithms = [math.log1p(one.percent / 100) for one in found]
    mean = interval(logarithms)
    if mean is None:
        return None
    half, clear = mean.half, [one for one in found if one.excludes_zero]
    wins = sum(one.percent < 0 for one in clear)
    return OverSets(
        _percent(mean.mean),
        None if half is None else _percent(mean.mean - half),
        None if half is None else _percent(mean.mean + half),
        statistics.median(one.percent for one in found),
        wins,
        len(found) - len(clear),
        len(clear) - wins,
        sum(one.percent < 0 for one in found),
        sum(one.percent > 0 for one in found),
    )


def _percent(logarithm: float) -> float:
    """Of a ratio; infinite if no float holds it.

    Examples:

    >>> round(_percent(math.log(1.5)), 9), _percent(1e3)
    (50.0, inf)
    """
    try:
        return 100 * math.expm1(logarithm)
    except OverflowError:
        return math.inf
