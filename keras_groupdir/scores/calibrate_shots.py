"""Makes intervals hold their share of rare labels, too."""

import math
import warnings
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels import LabelGroups
from keras_groupdir.labels.shot_bins import ShotBins
from keras_groupdir.scores.check_intervals import check_coverage
from keras_groupdir.scores.check_intervals import check_intervals
from keras_groupdir.scores.possible_labels import PossibleLabels
from keras_groupdir.scores.possible_labels import margin_units
from keras_groupdir.scores.shot_calibration import ShotCalibration
from keras_groupdir.types import ArrayLike

# What lies between rare and common labels is held for the sake of both.
ONE_AFTER_ANOTHER = ("few", "many", "median")


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
    interpolate: bool = False,
) -> ShotCalibration:
    """Makes intervals hold `coverage` of the labels of every shot.

    Intervals that hold 90% of all labels hold few of the rare ones, and who
    gets an interval does not know if its label is rare. Label-conditional
    conformal prediction asks it of each label that may be: a label `y` of shot
    `c` may be if it lies no farther outside than its shot needs,

    ```
    max(lower(x) - y, y - upper(x)) <= q_c
    ```

    Of the `n_c` labels of shot `c`,

    ```
    q_c = the ceil((n_c + 1) coverage)-th smallest s(x, y); infinite, if there
          are not so many
    ```

    `ShotCalibration.ranges` gives the labels that may be and no others, which
    need not lie together; for these, `s` is how far `y` lies outside.
    `ShotCalibration.adjust` gives one interval. What that holds between labels
    of other shots need not be asked for again, so that its `q_c` are smaller,
    found one after another, for few-, many- and median-shot, by

    ```
    s(x, y) = the least q_c for which y is in the interval around all labels
              of this shot and of those before that may be; minus infinity, if
              those before are enough
    ```

    Of new samples whose labels are of shot `c`, and that come as the `n_c` here
    do, both hold the label of at least `coverage`, for each `c` and however
    many of each shot there are: on average over calibrations, and for whatever
    model. (What earlier shots need does not depend on labels of `c`, and later
    ones make intervals longer alone.) Ranges hold no more than `coverage + 1 /
    (n_c + 1)`, too, if no two labels are as far outside and none is the middle
    that is left where no label may be. It is not promised for what ranges and
    interval have in common, nor for a single label or input, and not if
    `intervals` are of samples that the model was trained on or chosen by. An
    interval of a larger `coverage` need not hold that of a smaller one.

    Of few labels the rank is far more than `coverage` of them: of 16 the 90%
    are all, which hold 94%. `interpolate` takes `q_c` between two of them,

    ```
    q_c = s_k + (r - k) (s_(k + 1) - s_k),    r = (n_c + 1) coverage
                                              k = floor(r)
    ```

    with `s_k` the `k`-th smallest, and the upper one alone if there is none
    below or it is minus infinity. Ranges then hold `coverage` if the share of
    labels grows evenly from `s_k` to `s_(k + 1)`, and somewhat more if most lie
    near `s_k`, as they mostly do. They and intervals are nearer to `coverage`
    so, and what is said above, at least that, is no longer promised.

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
        interpolate: Whether to be near `coverage`, not at or above it, where
            there are few labels. Defaults to `False`.

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
    {'few': 3.0, 'median': 0.5}
    >>> calibration.adjust([[1.0, 1.0], [4.8, 4.8]]).tolist()
    [[0.5, 1.5], [4.3, 7.8]]
    >>> calibration.ranges([[1.0, 1.0], [4.3, 4.3]]).round(3).tolist()
    [[[0.5, 1.5], [nan, nan]], [[3.8, 4.8], [5.0, 7.3]]]

    References:
    - Vovk et al., Algorithmic learning in a random world, 2005, on conformal
      predictors by the class of the label.
    - [Romano et al., 2019](https://arxiv.org/abs/1905.03222), on the score.
    - Weibull, The phenomenon of rupture in solids, 1939, on the share below the
      `k`-th of `n` values, `k / (n + 1)` on average.
    """
    labels = check_labels("y", y)
    ends = check_intervals(intervals, len(labels), is_finite=True)
    coverage = check_coverage(coverage)
    counted = ShotBins.of(
        train_labels, bins, many_above, few_below, relative_shots
    )
    by_bin, edges = counted.by_bin, counted.bins.edges
    inner = np.flatnonzero(by_bin[1:] != by_bin[:-1]) + 1
    starts = [0, *inner.tolist()]
    own = counted.shots(labels)
    calibration = ShotCalibration(
        coverage,
        tuple(edges[[*starts, -1]].tolist()),
        tuple(by_bin[starts].tolist()),
        margins={},
        counts={
            shot: int(np.sum(own == shot))
            for shot in ONE_AFTER_ANOTHER
            if shot in by_bin
        },
        own_margins={},
        scaled=bool(scaled),
        bounded=bool(bounded),
    )
    _warn_of_too_few(calibration.counts, coverage)
    return replace(
        calibration,
        margins=_margins(calibration, ends, labels, own, interpolate),
        own_margins=_own_margins(calibration, ends, labels, own, interpolate),
    )


def _margins(
    calibration: ShotCalibration,
    ends: np.ndarray,
    labels: np.ndarray,
    own: np.ndarray,
    interpolate: bool,
) -> dict[str, float]:
    """What each shot needs beside those before."""
    possible = PossibleLabels(ends, calibration.scaled)
    margins = {}
    for shot in calibration.counts:
        stretches = calibration.stretches(shot)
        needed = possible.margins_to_hold(labels, stretches)
        margins[shot] = _quantile(
            needed[own == shot], calibration.coverage, interpolate
        )
        possible.add(stretches, margins[shot])
    return margins


def _own_margins(
    calibration: ShotCalibration,
    ends: np.ndarray,
    labels: np.ndarray,
    own: np.ndarray,
    interpolate: bool,
) -> dict[str, float]:
    """What each shot needs if nothing else is held for another's sake."""
    outside = np.maximum(ends[:, 0] - labels, labels - ends[:, 1])
    outside = outside / margin_units(ends, calibration.scaled)
    return {
        shot: _quantile(outside[own == shot], calibration.coverage, interpolate)
        for shot in calibration.counts
    }


def _quantile(scores: np.ndarray, coverage: float, interpolate: bool) -> float:
    rank = _rank(len(scores), coverage)
    if rank > len(scores):
        return math.inf
    ordered = np.sort(scores)
    upper = float(ordered[rank - 1])
    # Of 0 there is none below, and nothing lies between minus infinity and it.
    if not interpolate or rank == 1 or not math.isfinite(ordered[rank - 2]):
        return upper
    lower = float(ordered[rank - 2])
    share = min((len(scores) + 1) * coverage - (rank - 1), 1.0)
    return lower + share * (upper - lower)


def _rank(size: int, coverage: float) -> int:
    # What is whole but for rounding, 20 * 0.55 say, is not rounded up.
    return math.ceil((size + 1) * coverage - 1e-9)


def _warn_of_too_few(counts: Mapping[str, int], coverage: float) -> None:
    rare = [shot for shot, n in counts.items() if _rank(n, coverage) > n]
    if rare:
        listed = ", ".join(f"{counts[shot]} of {shot}-shot" for shot in rare)
        warnings.warn(
            f"`y` has too few labels for a coverage of {coverage:g}: {listed}. "
            "Each interval holds all labels of theirs.",
            stacklevel=3,
        )
