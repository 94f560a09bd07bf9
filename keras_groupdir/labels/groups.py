"""The cut of the label range into ordered groups."""

import warnings
from collections.abc import Sequence
from typing import Any
from typing import Self

import keras
import numpy as np
from keras import ops

from keras_groupdir._numerics import plain_labels
from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_range
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.edges import check_steps
from keras_groupdir.labels.edges import checked_edges
from keras_groupdir.labels.edges import label_range
from keras_groupdir.labels.edges import quantile_edges
from keras_groupdir.labels.edges import steps_of_width
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor

# Bins of labels that are not whole numbers.
NUM_BINS = 50


@keras.saving.register_keras_serializable(package="keras_groupdir")
class LabelGroups:
    """Ordered, non-overlapping intervals of a continuous label.

    Group `g` holds the labels in `[edges[g], edges[g + 1])`; the last group
    also holds its upper edge, and labels outside the range belong to the group
    at that end. Bins of a label histogram are groups too, the finest ones.

    Labels and edges are compared in float32, on NumPy and on every backend, so
    a label gets the same group everywhere. Make one with `from_labels`,
    `equal_width`, `quantile` or `from_edges`, and bins with `histogram`. Groups
    are equal when their edges are, and `get_config` is plain JSON.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 5, num_groups=10)
    >>> groups.assign([0.0, 0.49, 0.5, 5.0]).tolist()
    [0, 0, 1, 9]
    >>> groups.centers[:3].tolist()
    [0.25, 0.75, 1.25]
    >>> LabelGroups.from_edges([0, 18, 65, 120]).counts([3, 30, 40]).tolist()
    [1, 2, 0]
    >>> LabelGroups.quantile([1, 1, 2, 3, 50, 90], num_groups=3).edges.tolist()
    [1.0, 1.6666666269302368, 18.66666603088379, 90.0]
    """

    def __init__(self, edges: ArrayLike) -> None:
        self.edges = checked_edges(edges)
        self.num_groups = len(self.edges) - 1

    @classmethod
    def equal_width(
        cls,
        low: float,
        high: float,
        num_groups: int | None = None,
        width: float | None = None,
    ) -> Self:
        """Cuts `[low, high]` into intervals of one width.

        Args:
            low: Lower end of the range, in label units.
            high: Upper end of the range, in label units.
            num_groups: Number of groups, at least 2.
            width: Positive width in label units that divides the range, in
                place of `num_groups`.

        Examples:

        >>> LabelGroups.equal_width(0, 121, width=1)  # a bin for each year
        LabelGroups(121 groups of width 1 over [0, 121])
        """
        low, high = check_range(low, high)
        if (num_groups is None) == (width is None):
            raise ValueError(
                "Give one of `num_groups` and `width`. Received: "
                f"num_groups={num_groups}, width={width}"
            )
        if width is not None:
            num_groups = steps_of_width(low, high, width)
        num_groups = check_whole("num_groups", num_groups, at_least=2)
        return cls(np.linspace(low, high, num_groups + 1))

    @classmethod
    def from_labels(cls, labels: ArrayLike, num_groups: int = 10) -> Self:
        """Cuts the range of the training labels, rounded outward.

        The groups are of one width. Whole numbers over a range of up to
        200 keep whole edges at both ends, and the upper one lies above
        the largest label, so that every whole number has an interval of its
        own.

        Args:
            labels: Training labels. Shape `(n,)` or `(n, 1)`.
            num_groups: Number of groups, at least 2. Defaults to `10`.

        Examples:

        >>> LabelGroups.from_labels([0.13, 2.5, 4.96], num_groups=5)
        LabelGroups(5 groups of width 0.966 over [0.13, 4.96])
        """
        low, high, _ = label_range(labels)
        num_groups = check_whole("num_groups", num_groups, at_least=2)
        check_steps(low, high, num_groups)
        return cls.equal_width(low, high, num_groups)

    @classmethod
    def histogram(cls, labels: ArrayLike, num_bins: int | None = None) -> Self:
        """Bins of a label histogram: the finest groups that make sense.

        Args:
            labels: Training labels. Shape `(n,)` or `(n, 1)`.
            num_bins: Number of bins. Defaults to one for each whole number, if
                labels are whole and range over up to 200, else to
                `NUM_BINS`.

        Examples:

        >>> LabelGroups.histogram([21, 34, 30])
        LabelGroups(14 groups of width 1 over [21, 35])
        """
        low, high, are_whole = label_range(labels)
        if num_bins is None:
            num_bins = round(high - low) if are_whole else NUM_BINS
        num_bins = check_whole("num_bins", num_bins, at_least=2)
        check_steps(low, high, num_bins)
        return cls.equal_width(low, high, num_bins)

    @classmethod
    def quantile(cls, labels: ArrayLike, num_groups: int) -> Self:
        """Cuts at quantiles, so that groups hold about as many labels each.

        Edges that coincide, because one label is very common, are merged:
        there can be fewer groups than asked for, which is warned about.

        Args:
            labels: Training labels. Shape `(n,)` or `(n, 1)`.
            num_groups: Number of groups, at least 2.
        """
        num_groups = check_whole("num_groups", num_groups, at_least=2)
        edges = quantile_edges(labels, num_groups)
        if len(edges) <= num_groups:
            warnings.warn(
                f"Common labels left {len(edges) - 1} quantile groups of the "
                f"{num_groups} asked for.",
                stacklevel=2,
            )
        return cls(edges)

    @classmethod
    def from_edges(cls, edges: Sequence[float]) -> Self:
        """Takes the edges as they are: `num_groups + 1` rising numbers."""
        return cls(edges)

    @property
    def low(self) -> float:
        """Lower end of the range, in label units."""
        return float(self.edges[0])

    @property
    def high(self) -> float:
        """Upper end of the range, in label units."""
        return float(self.edges[-1])

    @property
    def span(self) -> float:
        """Width of the whole range, in label units."""
        return self.high - self.low

    @property
    def centers(self) -> np.ndarray:
        """Middle of each group, in label units. Shape `(num_groups,)`."""
        return (self.edges[:-1] + self.edges[1:]) / 2

    def assign(self, labels: ArrayLike) -> np.ndarray:
        """Group of each label of a data set, checked to be finite.

        Args:
            labels: Labels. Shape `(n,)` or `(n, 1)`.

        Returns:
            Group ids, int32. Shape `(n,)`.
        """
        labels = check_labels("labels", labels).astype("float32")
        inner = self.edges[1:-1].astype("float32")
        return np.searchsorted(inner, labels, side="right").astype("int32")

    def assign_tensor(self, labels: Tensor) -> Tensor:
        """Group of each label of a batch, inside a loss, layer or metric.

        Args:
            labels: Labels. Shape `(batch,)` or `(batch, 1)`.

        Returns:
            Group ids, int32. Shape `(batch,)`.
        """
        labels = plain_labels(labels)
        inner = ops.convert_to_tensor(self.edges[1:-1], dtype="float32")
        passed = ops.greater_equal(labels[:, None], inner[None, :])
        return ops.sum(ops.cast(passed, "int32"), axis=-1)

    def counts(self, labels: ArrayLike) -> np.ndarray:
        """Number of labels in each group. Shape `(num_groups,)`."""
        return np.bincount(self.assign(labels), minlength=self.num_groups)

    def count_outside(self, labels: ArrayLike) -> int:
        """Number of labels below `low` or above `high`."""
        labels = check_labels("labels", labels).astype("float32")
        low, high = self.edges[[0, -1]].astype("float32")
        return int(np.sum((labels < low) | (labels > high)))

    def get_config(self) -> dict[str, Any]:
        """Returns the edges, ready for `json.dumps`."""
        return {"edges": self.edges.tolist()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the groups that `get_config` described."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabelGroups) and np.array_equal(
            self.edges, other.edges
        )

    def __hash__(self) -> int:
        return hash(tuple(self.edges))

    def __repr__(self) -> str:
        widths = np.diff(self.edges)
        kind = ""
        # Edges are rounded to float32.
        if np.ptp(widths) <= 1e-6 * max(abs(self.low), abs(self.high)):
            kind = f" of width {self.span / self.num_groups:g}"
        return (
            f"LabelGroups({self.num_groups} groups{kind} over "
            f"[{self.low:g}, {self.high:g}])"
        )
