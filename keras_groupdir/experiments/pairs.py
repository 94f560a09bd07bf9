"""Each method against each other, over data sets."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from itertools import combinations

import numpy as np

from keras_groupdir.experiments.statistics import ROUNDING
from keras_groupdir.experiments.statistics import holm

# A ratio to an error that there is none of: larger than any other.
NONE_TO_SHOW = 1e9


@dataclass(frozen=True)
class Pair:
    """Two methods on the data sets that both were run on.

    Attributes:
        one: Name of a method.
        other: Name of another.
        better: Data sets where the first has the smaller error.
        worse: Data sets where it has the larger one.
        p: Two-sided, of Wilcoxon's signed-rank test; `None` if the two are
            alike everywhere.
        corrected: The same for the number of pairs, by Holm.
    """

    one: str
    other: str
    better: int
    worse: int
    p: float | None
    corrected: float | None = None


def compare_pairs(
    errors: Mapping[str, Mapping[str, float]], against: str | None = None
) -> list[Pair]:
    """Tests the logarithms of the ratios of errors, which have no unit.

    Args:
        errors: By method and data set; infinite where it has none to show.
        against: Only pairs with this one, which is their second. Defaults to
            all pairs.

    Examples:

    >>> names = "uvwxyz"
    >>> errors = {"a": dict.fromkeys(names, 1.0)}
    >>> errors["b"] = {name: 2.0 + i for i, name in enumerate(names)}
    >>> compare_pairs(errors)
    [Pair(one='a', other='b', better=6, worse=0, p=0.03125, corrected=0.03125)]
    """
    names = list(combinations(errors, 2))
    if against is not None:
        names = [(one, against) for one in errors if one != against]
    pairs = {
        f"{one} {other}": _pair(one, other, errors)
        for one, other in names
        if other in errors
    }
    corrected = holm({k: v.p for k, v in pairs.items() if v.p is not None})
    return [
        replace(pair, corrected=corrected.get(key))
        for key, pair in pairs.items()
    ]


def _pair(
    one: str, other: str, errors: Mapping[str, Mapping[str, float]]
) -> Pair:
    ours, theirs = errors[one], errors[other]
    ratios = [_logarithm(ours[k], theirs[k]) for k in ours if k in theirs]
    # Rounding decides no sign.
    ratios = [ratio if abs(ratio) > ROUNDING else 0.0 for ratio in ratios]
    p = _signed_rank_p(ratios) if any(ratios) else None
    signs = [ratio < 0 for ratio in ratios if ratio]
    return Pair(one, other, sum(signs), len(signs) - sum(signs), p)


def _signed_rank_p(differences: list[float]) -> float:
    """Wilcoxon's, exact with ties too; differences of 0 do not count.

    How likely random signs have a sum of positive ranks as far from the middle:
    the probability of each sum, one rank after the other.

    Examples:

    >>> _signed_rank_p([1.0, 2.0, 3.0, -4.0])
    0.875
    """
    found = np.array([one for one in differences if one])
    sizes = abs(found)
    larger, equal = (
        compare(sizes[:, None], sizes).sum(axis=1)
        for compare in (np.greater, np.equal)
    )
    # Twice the rank, which is whole where ties share one.
    ranks = 2 * larger + equal + 1
    chances = np.ones(1)
    for rank in ranks:
        without, with_it = np.zeros((2, len(chances) + rank))
        without[: len(chances)] = with_it[rank:] = chances / 2
        chances = without + with_it
    middle = ranks.sum() / 2
    distances = abs(np.arange(len(chances)) - middle)
    return float(
        chances[distances >= abs(ranks[found > 0].sum() - middle)].sum()
    )


def _logarithm(ours: float, theirs: float) -> float:
    if ours == theirs:
        return 0.0
    if math.isinf(ours) or not theirs:
        return NONE_TO_SHOW
    if math.isinf(theirs) or not ours:
        return -NONE_TO_SHOW
    return math.log(ours / theirs)
