"""Who won, by how much, and whether that can be said at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_groupdir.experiments import change

# Enough for two digits of a 95% interval's ends.
DRAWS = 4000
LEVEL = 0.95


@dataclass(frozen=True)
class Difference:
    """How far one method's error is from another's.

    Attributes:
        ours: Name of the method.
        theirs: Of the other.
        percent: Change from the other's mean absolute error.
        low: Lower end of its 95% interval.
        high: Upper end.
    """

    ours: str
    theirs: str
    percent: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval is on one side of 0."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"{self.percent:+.1f}% [{self.low:+.1f}, {self.high:+.1f}]"


def by_molecules(
    errors: Mapping[str, np.ndarray], ours: str, theirs: str
) -> Difference:
    """The change with a paired bootstrap over the samples of one seed.

    Args:
        errors: Absolute errors of each method on the same samples. Each of
            shape `(n,)`.
        ours: Name of a method.
        theirs: Of the one to compare it with.

    Returns:
        The interval holds the middle 95% of what the change is in sets of `n`
        samples, drawn from these with replacement.

    Examples:

    >>> errors = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([2, 4, 6.0])}
    >>> print(by_molecules(errors, "a", "b"))
    -50.0% [-50.0, -50.0]
    """
    pair = np.stack([errors[ours], errors[theirs]])
    rng = np.random.default_rng(0)
    size = pair.shape[1]
    draws = rng.multinomial(size, np.full(size, 1 / size), DRAWS)
    means = pair @ draws.T / size
    percents = 100 * (means[0] / means[1] - 1)
    low, high = np.quantile(percents, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    mean = pair.mean(axis=1)
    percent = 100 * (mean[0] / mean[1] - 1)
    return Difference(ours, theirs, float(percent), float(low), float(high))


def by_seeds(
    errors: Mapping[str, Mapping[int, float]], ours: str, theirs: str
) -> Difference:
    """The change with a paired t interval over seeds.

    Args:
        errors: Mean absolute errors of each method by seed.
        ours: Name of a method.
        theirs: Of the one to compare it with.

    Examples:

    >>> errors = {"a": {0: 1.0, 1: 1.2}, "b": {0: 2.0, 1: 2.0}}
    >>> print(by_seeds(errors, "a", "b"))
    -45.0% [-108.5, +18.5]
    """
    found: Any = change(errors[ours], errors[theirs])
    # Without a spread the seeds say nothing about what others would.
    half = float("inf") if found.half is None else found.half
    return Difference(
        ours, theirs, found.percent, found.percent - half, found.percent + half
    )


def sentence(differences: list[Difference], error: float, unit: str) -> str:
    """What can be said of some labels, and no more.

    Args:
        differences: From the method with the least error to each other one.
        error: That least error.
        unit: Its unit.

    Examples:

    >>> clear = Difference("b", "a", -9.0, -12.0, -6.0)
    >>> print(sentence([clear], 61.2, "K"))
    b won with 61.2 K: -9.0% [-12.0, -6.0] against a.
    >>> print(sentence([clear, Difference("b", "c", -2, -5, 1)], 61.2, "K"))
    no clear winner; b has the least error with 61.2 K: -9.0% [-12.0, -6.0] \
against a; -2.0% [-5.0, +1.0] against c, which is not clear.
    """
    best = differences[0].ours
    won = all(one.is_clear for one in differences)
    start = (
        f"{best} won" if won else f"no clear winner; {best} has the least error"
    )
    parts = [
        f"{one} against {one.theirs}"
        + ("" if one.is_clear else ", which is not clear")
        for one in differences
    ]
    return f"{start} with {error:.4g} {unit}: {'; '.join(parts)}."
