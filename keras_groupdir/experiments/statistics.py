"""What can be said from a few seeds."""

import statistics
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras_groupdir.checks import check_whole

LEVEL = 0.95
# Differences that are closer than this share of the values are the same.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Interval:
    """A mean with the half-width of its interval; none from one value.

    Attributes:
        mean: Of the values.
        half: Of the 95% interval by Student's t distribution.
    """

    mean: float
    half: float | None


@dataclass(frozen=True)
class Change:
    """How far one method is from another, over the seeds of both.

    Attributes:
        percent: Mean difference in per cent of the other's mean.
        half: Of its paired 95% interval, in the same per cent.
        p: Two-sided, of the paired t-test.
    """

    percent: float
    half: float | None
    p: float | None

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval is on one side of 0."""
        return self.half is not None and abs(self.percent) > self.half

    @property
    def upper(self) -> float | None:
        """Upper end of the interval, in per cent; none from one seed."""
        return None if self.half is None else self.percent + self.half


def interval(values: Sequence[float]) -> Interval | None:
    """Mean and 95% interval; `None` without values.

    Examples:

    >>> interval([1.0, 2.0, 3.0]).half.__round__(3)
    2.484
    >>> interval([1.0])
    Interval(mean=1.0, half=None)
    """
    if not values:
        return None
    mean, size = statistics.fmean(values), len(values)
    if size == 1:
        return Interval(mean, None)
    half = reach(size) * statistics.stdev(values)
    return Interval(mean, half)


def reach(size: int) -> float:
    """Standard deviations of the values from their mean to an interval's end.

    A paired difference has to be that many of its own standard deviations to
    have p < 0.05.

    Examples:

    >>> round(reach(3), 2), round(reach(10), 2)
    (2.48, 0.72)
    """
    size = check_whole("size", size, at_least=2)
    quantile = load_stats().t.ppf((1 + LEVEL) / 2, size - 1)
    return float(quantile) / size**0.5


def change(
    ours: Mapping[int, float], theirs: Mapping[int, float]
) -> Change | None:
    """Paired change from `theirs` to `ours`, each by seed.

    Seeds that only one has do not count; `None` without a common seed, or
    where the other's mean is 0. The other's mean is taken as it is: interval
    and p are about the difference. There are none if the difference is the
    same for each seed, up to rounding.
    """
    seeds = sorted(ours.keys() & theirs.keys())
    difference = interval([ours[seed] - theirs[seed] for seed in seeds])
    base = interval([theirs[seed] for seed in seeds])
    if difference is None or base is None or not base.mean:
        return None
    percent = 100 * difference.mean / base.mean
    largest = max(abs(one[seed]) for one in (ours, theirs) for seed in seeds)
    half = difference.half
    if half is None or half <= ROUNDING * largest:
        return Change(percent, None, None)
    test = load_stats().ttest_rel(
        [ours[seed] for seed in seeds], [theirs[seed] for seed in seeds]
    )
    return Change(percent, 100 * half / abs(base.mean), float(test.pvalue))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Corrects p values for their number (Holm, 1979).

    Examples:

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    ordered = sorted(p_values, key=lambda name: p_values[name])
    for place, name in enumerate(ordered):
        corrected = min(1.0, (len(ordered) - place) * p_values[name])
        largest = max(largest, corrected)
        adjusted[name] = largest
    return adjusted


def load_stats() -> Any:
    """`scipy.stats`, which is there for comparisons alone."""
    try:
        from scipy import stats
    except ImportError as error:
        raise ImportError(
            "Intervals and tests need scipy: pip install "
            "'keras-groupdir[compare]'"
        ) from error
    return stats
