"""Ranks of methods over data sets, and what they leave open."""

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from keras_groupdir.experiments.statistics import LEVEL
from keras_groupdir.experiments.statistics import ROUNDING
from keras_groupdir.experiments.statistics import load_stats


@dataclass(frozen=True)
class Ranks:
    """Ranks of methods, 1 for the least error, over the same data sets.

    Attributes:
        datasets: Those that count.
        by_method: Rank on each of them, the method with the best mean first.
        chi_squared: Friedman's statistic; `None` of fewer than three methods.
        p: Of all methods being alike, by Friedman's test.
        critical_difference: Of mean ranks, by Nemenyi's test: methods that are
            closer cannot be told apart.
    """

    datasets: list[str]
    by_method: dict[str, list[float]]
    chi_squared: float | None
    p: float | None
    critical_difference: float

    @property
    def means(self) -> dict[str, float]:
        """Mean rank of each method, the best first."""
        return {k: statistics.fmean(v) for k, v in self.by_method.items()}

    @property
    def groups(self) -> list[list[str]]:
        """Methods that cannot be told apart; none is part of another."""
        means = self.means
        found: list[list[str]] = []
        for best in means:
            group = [
                name
                for name, mean in means.items()
                if 0 <= mean - means[best] <= self.critical_difference
            ]
            if len(group) > 1 and not any(set(group) <= set(g) for g in found):
                found.append(group)
        return found


def rank_methods(errors: Mapping[str, Mapping[str, float]]) -> Ranks | None:
    """Ranks methods on each data set, and tests the mean ranks.

    With `k` methods on `n` data sets, mean ranks have to differ by

    ```
    q sqrt(k (k + 1) / (6 n))
    ```

    where `q` is the 95% quantile of the studentized range of `k` means, with
    infinitely many degrees of freedom, divided by the square root of 2.

    A data set counts if it has every method that at least half of the data sets
    have; a method counts if it is on each data set that does. So neither a
    method that few data sets have takes data sets from the others, nor one that
    has only been begun takes methods. Errors that differ by rounding alone
    share a rank.

    Args:
        errors: By method and data set; infinite where it has none to show.

    Returns:
        `None` with fewer than two methods on one data set.

    Examples:

    >>> errors = {"a": {"x": 1.0, "y": 2.0}, "b": {"x": 3.0, "y": 2.0}}
    >>> rank_methods(errors).means
    {'a': 1.25, 'b': 1.75}

    Reference:
    - [Demsar, 2006](https://www.jmlr.org/papers/v7/demsar06a.html)
    """
    datasets = list(
        dict.fromkeys(name for of in errors.values() for name in of)
    )
    common = [m for m, of in errors.items() if 2 * len(of) >= len(datasets)]
    datasets = [
        name for name in datasets if all(name in errors[m] for m in common)
    ]
    methods = [m for m, of in errors.items() if set(datasets) <= set(of)]
    if len(methods) < 2 or not datasets:
        return None
    stats = load_stats()
    rows = [
        stats.rankdata(
            _without_rounding([errors[method][name] for method in methods])
        ).tolist()
        for name in datasets
    ]
    columns = map(list, zip(*rows, strict=True))
    by_method = dict(zip(methods, columns, strict=True))
    chi_squared, p = None, None
    # Where all are equal on every data set there is nothing to divide by.
    if len(methods) > 2 and any(len(set(row)) > 1 for row in rows):
        test = stats.friedmanchisquare(*by_method.values())
        chi_squared, p = float(test.statistic), float(test.pvalue)
    return Ranks(
        datasets,
        dict(sorted(by_method.items(), key=lambda item: sum(item[1]))),
        chi_squared,
        p,
        _critical_difference(len(methods), len(datasets)),
    )


def _without_rounding(errors: list[float]) -> list[float]:
    """Errors that differ by rounding alone, as the least of them.

    Examples:

    >>> _without_rounding([0.1 + 0.2, 1.0, 0.3])
    [0.3, 1.0, 0.3]
    """
    same: dict[float, float] = {}
    least = math.nan
    for error in sorted(errors):
        if not math.isclose(error, least, rel_tol=ROUNDING):
            least = error
        same[error] = least
    return [same[error] for error in errors]


def _critical_difference(num_methods: int, num_sets: int) -> float:
    """Nemenyi's.

    Examples:

    Four methods on fourteen data sets, from Demsar's example:

    >>> round(_critical_difference(4, 14), 2)
    1.25
    """
    spread = (num_methods * (num_methods + 1) / (6 * num_sets)) ** 0.5
    return _quantile(num_methods) / 2**0.5 * spread


# An integral, which takes a second.
@cache
def _quantile(num_methods: int) -> float:
    studentized = load_stats().studentized_range
    return float(studentized.ppf(LEVEL, num_methods, float("inf")))
