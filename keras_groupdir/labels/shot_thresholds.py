"""Which counts make a bin many-, median- or few-shot."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_positive
from keras_groupdir.types import ArrayLike

SHOTS = ("many", "median", "few")
# Of the DIR benchmarks, in training labels.
ABSOLUTE = (100, 20)
# In mean counts. 100 and 20 are 0.82 and 0.16 of those of AgeDB-DIR and 0.95
# and 0.19 of those of STS-B-DIR: these keep their ratio, and a many-shot bin
# is one with more than its share.
RELATIVE = (1.0, 0.2)


@dataclass(frozen=True)
class ShotThresholds:
    """Thresholds for the number of training labels in a bin.

    A bin is many-shot above `many_above`, few-shot below `few_below`, and
    median-shot between. `str` is a line for below a table.

    Attributes:
        many_above: In training labels, or in mean counts.
        few_below: The same.
        mean_count: What both are multiples of, or `None` for counts.

    Examples:

    >>> print(ShotThresholds(100, 20))
    shots by count: many > 100, few < 20
    >>> print(ShotThresholds(1.0, 0.2, mean_count=18.36))
    shots relative to the mean count of 18.4: many > 1x, few < 0.2x
    """

    many_above: float
    few_below: float
    mean_count: float | None = None

    def __post_init__(self) -> None:
        check_shots(self.many_above, self.few_below, False)
        if self.mean_count is not None:
            check_positive("mean_count", self.mean_count)

    @classmethod
    def of_counts(
        cls,
        counts: ArrayLike,
        many_above: float | None = None,
        few_below: float | None = None,
        relative_shots: bool = False,
    ) -> Self:
        """Thresholds as `labels.label_shots` takes them.

        Args:
            counts: Training labels in each bin. Shape `(bins,)`.
            many_above: See `labels.label_shots`.
            few_below: See `labels.label_shots`.
            relative_shots: See `labels.label_shots`.
        """
        thresholds = check_shots(many_above, few_below, relative_shots)
        if not relative_shots:
            return cls(*thresholds)
        counts = check_counts("counts", counts)
        return cls(*thresholds, float(counts[counts > 0].mean()))

    def shots(self, counts: ArrayLike) -> np.ndarray:
        """`"many"`, `"median"` or `"few"` for each of some counts.

        Args:
            counts: Training labels in a bin. Any shape.
        """
        counts = np.asarray(counts)
        unit = 1 if self.mean_count is None else self.mean_count
        return np.select(
            [counts > self.many_above * unit, counts < self.few_below * unit],
            ["many", "few"],
            "median",
        )

    def __str__(self) -> str:
        many, few = (f"{n:g}" for n in (self.many_above, self.few_below))
        if self.mean_count is None:
            return f"shots by count: many > {many}, few < {few}"
        return (
            f"shots relative to the mean count of {self.mean_count:.3g}: "
            f"many > {many}x, few < {few}x"
        )


def check_shots(
    many_above: float | None, few_below: float | None, relative_shots: bool
) -> tuple[float, float]:
    """Both thresholds; refuses those that leave no room for a median shot."""
    if not isinstance(relative_shots, bool | np.bool_):
        raise ValueError(
            "`relative_shots` must be True or False. "
            f"Received: relative_shots={relative_shots!r}"
        )
    usual = RELATIVE if relative_shots else ABSOLUTE
    many_above, few_below = (
        default if value is None else check_number(name, value)
        for name, value, default in zip(
            ("many_above", "few_below"),
            (many_above, few_below),
            usual,
            strict=True,
        )
    )
    if not 0 <= few_below <= many_above:
        raise ValueError(
            "`few_below` must lie between 0 and `many_above`. Received: "
            f"few_below={few_below}, many_above={many_above}"
        )
    return many_above, few_below
