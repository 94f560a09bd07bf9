"""Bins of a label histogram that are many-, median- or few-shot."""

from typing import NamedTuple
from typing import Self

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.shot_thresholds import ShotThresholds
from keras_groupdir.types import ArrayLike


class ShotBins(NamedTuple):
    """Bins with training labels counted.

    Attributes:
        bins: `LabelGroups`.
        counts: Training labels in each bin. Shape `(bins,)`.
        thresholds: Which counts are many and few.
        train_labels: As counted. Shape `(m,)`.
    """

    bins: LabelGroups
    counts: np.ndarray
    thresholds: ShotThresholds
    train_labels: np.ndarray

    @classmethod
    def of(
        cls,
        train_labels: ArrayLike,
        bins: LabelGroups | None = None,
        many_above: float | None = None,
        few_below: float | None = None,
        relative_shots: bool = False,
    ) -> Self:
        """As `labels.label_shots` takes them.

        Args:
            train_labels: Labels to count. Shape `(m,)`.
            bins: Defaults to `LabelGroups.histogram(train_labels)`.
            many_above: See `labels.label_shots`.
            few_below: See `labels.label_shots`.
            relative_shots: See `labels.label_shots`.
        """
        train_labels = check_labels("train_labels", train_labels)
        if bins is None:
            if np.ptp(train_labels) == 0:
                raise ValueError(
                    "`train_labels` must have different values, or `bins` be "
                    f"given. Received: {train_labels[0]:g} everywhere"
                )
            bins = LabelGroups.histogram(train_labels)
        bins = check_groups(bins, "bins")
        counts = bins.counts(train_labels)
        thresholds = ShotThresholds.of_counts(
            counts, many_above, few_below, relative_shots
        )
        return cls(bins, counts, thresholds, train_labels)

    @property
    def by_bin(self) -> np.ndarray:
        """`"many"`, `"median"` or `"few"` for each bin."""
        return self.thresholds.shots(self.counts)

    def shots(self, labels: ArrayLike) -> np.ndarray:
        """The same for the bin of each label."""
        return self.by_bin[self.bins.assign(labels)]
