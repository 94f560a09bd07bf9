"""Intervals that hold their share of rare labels, too."""

import math
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from typing import Any
from typing import Self

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels import LabelGroups
from keras_groupdir.labels import ShotThresholds
from keras_groupdir.labels.groups import check_groups
from keras_groupdir.scores.check_intervals import check_coverage
from keras_groupdir.scores.check_intervals import check_intervals
from keras_groupdir.types import ArrayLike


@dataclass(frozen=True)
class ShotCalibration:
    """How far intervals have to reach for labels of each shot.

    Made by `calibrate_shots`, which says what is promised.

    Attributes:
        coverage: Share of the labels of each shot that intervals should hold.
        edges: Of stretches of the label range, each of one shot.
        shots: `"many"`, `"median"` or `"few"` for each stretch.
        margins: How far beyond an interval a label of the shot may lie, in
            label units or, if scaled, widths; infinite where there were too
            few labels to tell, negative where intervals were too wide.
        counts: Labels that each margin was taken from.
        scaled: Whether margins are multiples of the width of an interval.
        bounded: Whether intervals end where the outermost edges are.
    """

    coverage: float
    edges: tuple[float, ...]
    shots: tuple[str, ...]
    margins: dict[str, float]
    counts: dict[str, int]
    scaled: bool = False
    bounded: bool = False

    def adjust(self, intervals: ArrayLike) -> np.ndarray:
        """The interval around all labels that may be, given an interval.

        A label `y` of shot `s` may be if `lower - margin_s <= y <= upper +
        margin_s`. If none may, the middle of the interval is left.

        Args:
            intervals: Of new samples, made as those of the calibration were.
                Shape `(n, 2)`.

        Returns:
            Lower and upper ends, float64. Shape `(n, 2)`.
        """
        ends = check_intervals(intervals)
        below, above = ends.T
        unit = _unit(ends, self.scaled)
        starts, stops = list(self.edges[:-1]), list(self.edges[1:])
        if not self.bounded:
            # Labels out of the range count as those of its ends.
            starts[0], stops[-1] = -math.inf, math.inf
        lower = np.full(len(ends), math.inf)
        upper = -lower
        for start, stop, shot in zip(starts, stops, self.shots, strict=True):
            reach = self.margins[shot] * unit
            first = np.maximum(start, below - reach)
            last = np.minimum(stop, above + reach)
            some = first <= last
            lower = np.where(some, np.minimum(lower, first), lower)
            upper = np.where(some, np.maximum(upper, last), upper)
        none, middle = lower > upper, ends.mean(axis=1)
        return np.stack(
            [np.where(none, middle, lower), np.where(none, middle, upper)],
            axis=1,
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON; an infinite margin is `None`."""
        margins = {
            shot: margin if math.isfinite(margin) else None
            for shot, margin in self.margins.items()
        }
        lists = {"edges": list(self.edges), "shots": list(self.shots)}
        return {**asdict(self), **lists, "margins": margins}

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> Self:
        """Makes the calibration that `as_dict` described.

        Args:
            state: Of `as_dict`, straight or out of a JSON file.
        """
        margins = {
            shot: math.inf if margin is None else float(margin)
            for shot, margin in state["margins"].items()
        }
        tuples = {name: tuple(state[name]) for name in ("edges", "shots")}
        return cls(**{**state, **tuples, "margins": margins})


def calibrate_shots(
    intervals: ArrayLike,
    y: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups | None = None,
    coverage: float = 0.9,
    scaled: bool = False,
    bounded: bool = False,
    many_above: float | None = None,
    few_below: float | None = None,
    relative_shots: bool = False,
) -> ShotCalibration:
    """Makes intervals hold `coverage` of the labels of every shot.

    Intervals that hold 90% of all labels hold few of the rare ones, and who
    gets an interval does not know if its label is rare. Label-conditional
    conformal prediction asks it of each label that may be: with the score

    ```
    s(x, y) = max(lower(x) - y, y - upper(x))        how far y lies outside
    q_c = the ceil((n_c + 1) coverage)-th smallest score of the n_c labels of
          shot c; infinite, if there are not so many
    ```

    the labels that may be are those with `s(x, y) <= q_(shot of y)`, and
    `ShotCalibration.adjust` gives the shortest interval around them. Of new
    samples whose labels are of shot `c`, and that come as the `n_c` here do,
    it holds the label of at least `coverage`, for each `c` and however many of
    each shot there are: on average over calibrations, and for whatever model.
    It is not promised for a single label or input, and not if `intervals` are
    of samples that the model was trained on or chosen by.

    The promise costs width: where rare labels are hard to predict, every
    interval that reaches into their range becomes wider, and each one does if
    there are too few of them (fewer than 9 for 90%, or 19 for 95%), which is
    warned about.

    Args:
        intervals: Lower and upper ends for validation samples, of any kind; a
            prediction twice is an interval, too. Shape `(n, 2)`.
        y: Their labels. Shape `(n,)` or `(n, 1)`.
        train_labels: Training labels, which make a label common or rare.
        bins: Bins of the label histogram. Defaults to
            `LabelGroups.histogram(train_labels)`.
        coverage: Between 0 and 1. Defaults to `0.9`.
        scaled: Whether to count in widths of the interval, which must then be
            positive: wide ones are moved farther. Defaults to `False`.
        bounded: Whether to end intervals where `bins` end, for labels that
            cannot lie outside. Defaults to `False`.
        many_above: See `labels.label_shots`.
        few_below: See `labels.label_shots`.
        relative_shots: See `labels.label_shots`.

    Returns:
        `ShotCalibration`.

    Examples:

    >>> y = np.append(np.linspace(0, 2, 99), np.linspace(8, 10, 19))
    >>> off = np.where(y > 5, 3.0, 0.5)  # rare labels are predicted too low
    >>> predictions = np.stack([y - off, y - off], axis=1)
    >>> calibration = calibrate_shots(
    ...     predictions, y, y, LabelGroups.equal_width(0, 10, 2), few_below=20
    ... )
    >>> calibration.margins
    {'median': 0.5, 'few': 3.0}
    >>> calibration.adjust([[1.0, 1.0], [6.0, 6.0]]).tolist()
    [[0.5, 1.5], [5.0, 9.0]]

    References:
    - Vovk et al., Algorithmic learning in a random world, 2005, on conformal
      predictors by the class of the label.
    - [Romano et al., 2019](https://arxiv.org/abs/1905.03222), on the score.
    """
    labels = check_labels("y", y)
    ends = check_intervals(intervals, len(labels))
    coverage = check_coverage(coverage)
    train_labels = check_labels("train_labels", train_labels)
    if bins is None:
        bins = LabelGroups.histogram(train_labels)
    counts = check_groups(bins, "bins").counts(train_labels)
    by_bin = ShotThresholds.of_counts(
        counts, many_above, few_below, relative_shots
    ).shots(counts)
    scores = np.maximum(ends[:, 0] - labels, labels - ends[:, 1])
    scores = scores / _unit(ends, scaled)
    own = by_bin[bins.assign(labels)]
    found = {shot: scores[own == shot] for shot in dict.fromkeys(by_bin)}
    margins = {str(k): _margin(v, coverage) for k, v in found.items()}
    rare = [k for k, margin in margins.items() if not math.isfinite(margin)]
    if rare:
        listed = ", ".join(f"{len(found[k])} of {k}-shot" for k in rare)
        warnings.warn(
            f"`y` has too few labels for a coverage of {coverage:g}: {listed}. "
            "Each interval holds all labels of theirs.",
            stacklevel=2,
        )
    inner = np.flatnonzero(by_bin[1:] != by_bin[:-1]) + 1
    starts = [0, *inner.tolist()]
    return ShotCalibration(
        coverage,
        tuple(bins.edges[[*starts, -1]].tolist()),
        tuple(by_bin[starts].tolist()),
        margins,
        {str(shot): len(values) for shot, values in found.items()},
        bool(scaled),
        bool(bounded),
    )


def _margin(scores: np.ndarray, coverage: float) -> float:
    # What is whole but for rounding, 20 * 0.55 say, is not rounded up.
    rank = math.ceil((len(scores) + 1) * coverage - 1e-9)
    if rank > len(scores):
        return math.inf
    return float(np.sort(scores)[rank - 1])


def _unit(ends: np.ndarray, scaled: bool) -> np.ndarray:
    """What margins count in, for each interval."""
    if not scaled:
        return np.ones(len(ends))
    widths = ends[:, 1] - ends[:, 0]
    if not np.all(widths > 0):
        raise ValueError(
            "`scaled` needs intervals of a positive width. "
            f"Received: {int(np.sum(widths <= 0))} of width 0"
        )
    return widths
