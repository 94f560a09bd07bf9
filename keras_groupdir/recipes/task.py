"""What a recipe has to know of a data set."""

from dataclasses import dataclass

import numpy as np

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_labels
from keras_groupdir.density import REWEIGHTS
from keras_groupdir.groups import LabelGroups
from keras_groupdir.types import ArrayLike

ERRORS = ("absolute", "squared")


@dataclass(frozen=True, eq=False)
class Task:
    """A regression problem: training labels, their range, and their bins.

    Args:
        labels: Training labels, for all that is counted before training. Shape
            `(n,)` or `(n, 1)`.
        bins: Bins of the label histogram, from `density.label_bins`. Their
            range is that of the labels.
        error: What the regression minimizes: `"absolute"`, as the ages
            benchmarks do, or `"squared"`, as STS-B-DIR does. Defaults to
            `"absolute"`.
        reweight: What density weights are by default, `"sqrt_inverse"` as for
            ages or `"inverse"` as for STS-B-DIR. Defaults to
            `"sqrt_inverse"`.
        clip: Smallest and largest count of `"inverse"` weights, `(5, 1000)`
            for ages. Defaults to `None`.
        smoothing_clip: Smallest and largest ratio of variances for feature
            smoothing; STS-B-DIR uses `(0.5, 2.0)`. Defaults to `(0.1, 10.0)`.

    Examples:

    >>> from keras_groupdir.density import label_bins
    >>> task = Task([0.5, 1.0, 4.8], label_bins(0, 5, bin_width=0.1))
    >>> task.low, task.high, task.span
    (0.0, 5.0, 5.0)
    """

    labels: ArrayLike
    bins: LabelGroups
    error: str = "absolute"
    reweight: str = "sqrt_inverse"
    clip: tuple[float, float] | None = None
    smoothing_clip: tuple[float, float] = (0.1, 10.0)

    def __post_init__(self) -> None:
        if not isinstance(self.bins, LabelGroups):
            raise ValueError(
                "`bins` must be a LabelGroups, for example "
                f"density.label_bins(0, 5, 0.1). Received: bins={self.bins!r}"
            )
        check_choice("error", self.error, ERRORS)
        check_choice("reweight", self.reweight, REWEIGHTS)
        labels = check_labels("labels", self.labels)
        if self.bins.count_outside(labels) == len(labels):
            raise ValueError(
                f"`labels` must lie in the range of `bins`, {self.bins!r}. "
                f"Received: labels from {labels.min():g} to {labels.max():g}"
            )
        object.__setattr__(self, "labels", labels)

    @property
    def low(self) -> float:
        """Lower end of the label range."""
        return float(np.min(self.bins.edges))

    @property
    def high(self) -> float:
        """Upper end of the label range."""
        return float(np.max(self.bins.edges))

    @property
    def span(self) -> float:
        """Width of the label range."""
        return self.high - self.low

    @property
    def scale(self) -> float:
        """What turns the loss into one of labels whose range is 1."""
        return self.span ** (-2 if self.error == "squared" else -1)
