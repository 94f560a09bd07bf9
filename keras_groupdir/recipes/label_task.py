"""What a recipe has to know of a data set."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_clip
from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.histogram_weights import REWEIGHTS
from keras_groupdir.losses import ScaledError
from keras_groupdir.types import ArrayLike

ERRORS = ("absolute", "squared")


@dataclass(frozen=True, eq=False)
class LabelTask:
    """A regression problem: training labels, their range, and their bins.

    Args:
        labels: Training labels, for all that is counted before training. Shape
            `(n,)` or `(n, 1)`.
        bins: Bins of the label histogram, whose range is that of the labels.
            Defaults to `LabelGroups.histogram(labels)`.
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
        held_out: Labels of the validation set, for weights that match them;
            `fit_recipe` knows them. Defaults to `None`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 5, width=0.1)
    >>> task = LabelTask([0.5, 1.0, 4.8], bins)
    >>> task.low, task.high, task.span
    (0.0, 5.0, 5.0)
    """

    labels: ArrayLike
    bins: Any = None
    error: str = "absolute"
    reweight: str = "sqrt_inverse"
    clip: tuple[float, float] | None = None
    smoothing_clip: tuple[float, float] = (0.1, 10.0)
    held_out: ArrayLike | None = None

    def __post_init__(self) -> None:
        if self.bins is None:
            bins = LabelGroups.histogram(self.labels)
        else:
            bins = check_groups(self.bins, "bins")
        object.__setattr__(self, "bins", bins)
        for name in ("clip", "smoothing_clip"):
            if getattr(self, name) is not None:
                check_clip(name, getattr(self, name))
        check_choice("error", self.error, ERRORS)
        check_choice("reweight", self.reweight, REWEIGHTS)
        labels = check_labels("labels", self.labels)
        if self.bins.count_outside(labels) == len(labels):
            raise ValueError(
                f"`labels` must lie in the range of `bins`, {self.bins!r}. "
                f"Received: labels from {labels.min():g} to {labels.max():g}"
            )
        object.__setattr__(self, "labels", labels)
        if self.held_out is not None:
            held_out = check_labels("held_out", self.held_out)
            object.__setattr__(self, "held_out", held_out)

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
    def metric(self) -> str:
        """That of the error that is minimized: `"mae"` or `"mse"`."""
        return "mse" if self.error == "squared" else "mae"

    @property
    def start(self) -> float:
        """The best constant prediction: the labels' median or mean."""
        best = np.mean if self.error == "squared" else np.median
        return float(best(self.labels))

    @property
    def spread(self) -> float:
        """How far labels are from there: their standard deviation."""
        return float(np.std(self.labels)) or self.span

    def loss(self) -> ScaledError:
        """Error of a prediction, as that of labels whose range is 1."""
        return ScaledError(self.span, self.error)
