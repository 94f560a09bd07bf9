"""Labels that may be, given an interval, and the interval around them."""

from collections.abc import Sequence

import numpy as np

Stretches = Sequence[tuple[float, float]]


class PossibleLabels:
    """For each interval, the shortest one around all labels that may be.

    At first no label may. `add` makes possible those of some stretches of the
    label range that lie near enough to the interval.

    Attributes:
        lower: The smallest label that may be, infinite if none may. Shape
            `(n,)`.
        upper: The largest one, minus infinity if none may. Shape `(n,)`.

    Args:
        ends: Of intervals, the lower end first. Shape `(n, 2)`.
        scaled: Whether margins count in widths of the interval.
    """

    def __init__(self, ends: np.ndarray, scaled: bool) -> None:
        self._below, self._above = ends.T
        self._unit = margin_units(ends, scaled)
        self.lower = np.full(len(ends), np.inf)
        self.upper = -self.lower

    @property
    def is_empty(self) -> np.ndarray:
        """Where no label may be. Shape `(n,)`."""
        return self.lower > self.upper

    def add(self, stretches: Stretches, margin: float) -> None:
        """Labels of these stretches may be that lie `margin` away at most."""
        reach = margin * self._unit
        for start, stop in stretches:
            first = np.maximum(start, self._below - reach)
            last = np.minimum(stop, self._above + reach)
            some = first <= last
            lower, upper = np.minimum(self.lower, first), self.upper
            self.lower = np.where(some, lower, self.lower)
            self.upper = np.where(some, np.maximum(upper, last), upper)

    def margins_to_hold(
        self, labels: np.ndarray, stretches: Stretches
    ) -> np.ndarray:
        """The least margin of these stretches that makes the interval hold.

        That is, for which `labels` lie between `lower` and `upper` after an
        `add`: minus infinity, if they do before.

        Args:
            labels: One for each interval, that lies in one of the stretches.
                Shape `(n,)`.
            stretches: Of the label range.

        Returns:
            At most how far a label lies outside of its interval. Shape `(n,)`.
        """
        below, above = self._below, self._above
        outside = np.maximum(below - labels, labels - above)
        to_lower, to_upper = outside, outside
        for start, stop in stretches:
            # From here on some label of the stretch may be.
            touches = np.maximum(start - above, below - stop)
            touches = np.maximum(touches, (below - above) / 2)
            margin = np.maximum(touches, below - labels)
            margin = np.where(start <= labels, margin, np.inf)
            to_lower = np.minimum(to_lower, margin)
            margin = np.maximum(touches, labels - above)
            margin = np.where(stop >= labels, margin, np.inf)
            to_upper = np.minimum(to_upper, margin)
        to_lower = np.where(self.lower <= labels, -np.inf, to_lower)
        to_upper = np.where(self.upper >= labels, -np.inf, to_upper)
        return np.maximum(to_lower, to_upper) / self._unit


def margin_units(ends: np.ndarray, scaled: bool) -> np.ndarray:
    """What margins count in, for each interval.

    Args:
        ends: Of intervals, the lower end first. Shape `(n, 2)`.
        scaled: Whether that is the width of the interval, and not 1.
    """
    if not scaled:
        return np.ones(len(ends))
    widths = ends[:, 1] - ends[:, 0]
    if not np.all(widths > 0):
        raise ValueError(
            "`scaled` needs intervals of a positive width. "
            f"Received: {int(np.sum(widths <= 0))} of width 0"
        )
    return widths
