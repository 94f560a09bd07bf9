"""Intervals that hold their share of rare labels, too."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from typing import Any
from typing import Self

import numpy as np

from keras_groupdir.scores.check_intervals import check_intervals
from keras_groupdir.scores.possible_labels import PossibleLabels
from keras_groupdir.scores.possible_ranges import possible_ranges
from keras_groupdir.types import ArrayLike

_MARGINS = ("margins", "own_margins")


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
            few labels to tell, negative where intervals were too wide, minus
            infinity where what the other shots need is enough.
        counts: Labels that each margin was taken from.
        own_margins: As `margins`, if each shot sees to itself: for `ranges`.
        scaled: Whether margins are multiples of the width of an interval.
        bounded: Whether intervals and ranges end where the outermost edges
            are.
    """

    coverage: float
    edges: tuple[float, ...]
    shots: tuple[str, ...]
    margins: dict[str, float]
    counts: dict[str, int]
    own_margins: dict[str, float]
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
        ends = check_intervals(intervals, is_finite=True)
        possible = PossibleLabels(ends, self.scaled)
        for shot, margin in self.margins.items():
            possible.add(self.stretches(shot), margin)
        none, middle = possible.is_empty, ends.mean(axis=1)
        return np.stack(
            [
                np.where(none, middle, possible.lower),
                np.where(none, middle, possible.upper),
            ],
            axis=1,
        )

    def ranges(self, intervals: ArrayLike) -> np.ndarray:
        """The labels that may be, given an interval, and no others.

        A label `y` of shot `s` may be if `lower - own_margin_s <= y <= upper +
        own_margin_s`. If none may, the middle of the interval is left. They may
        lie outside of what `adjust` gives, whose margins are others.

        Args:
            intervals: Of new samples, made as those of the calibration were.
                Shape `(n, 2)`.

        Returns:
            Lower and upper ends of each one's ranges, from low to high,
            float64; those with fewer than the most of these samples are filled
            up with NaN. Shape `(n, most ranges of one, 2)`.
        """
        ends = check_intervals(intervals, is_finite=True)
        stretches = {shot: self.stretches(shot) for shot in self.own_margins}
        return possible_ranges(ends, stretches, self.own_margins, self.scaled)

    def stretches(self, shot: str) -> list[tuple[float, float]]:
        """Where labels of a shot lie, each from its start to its stop.

        Bins are those of labels as float32: a stretch has all that is rounded
        to a label of its own, at its ends too.
        """
        edges = np.array(self.edges, "float32")
        infinity = np.float32(np.inf)
        below, above = np.nextafter(edges, [[-infinity], [infinity]])
        # Halfway to the next one; the last edge is of the last stretch.
        lows = (edges.astype("float64") + below) / 2
        high = (float(edges[-1]) + float(above[-1])) / 2
        starts, stops = lows[:-1].tolist(), [*lows[1:-1].tolist(), high]
        if not self.bounded:
            # Labels out of the range count as those of its ends.
            starts[0], stops[-1] = -math.inf, math.inf
        return [
            (start, stop)
            for start, stop, own in zip(starts, stops, self.shots, strict=True)
            if own == shot
        ]

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON: infinity is `None`, minus it `"-inf"`."""
        special = {math.inf: None, -math.inf: "-inf"}
        state = asdict(self)
        for name in _MARGINS:
            state[name] = {
                shot: special.get(margin, margin)
                for shot, margin in state[name].items()
            }
        return {**state, "edges": list(self.edges), "shots": list(self.shots)}

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> Self:
        """Makes the calibration that `as_dict` described.

        Args:
            state: Of `as_dict`, straight or out of a JSON file.

        Raises:
            ValueError: If something is missing.
        """
        missing = {one.name for one in fields(cls)} - set(state)
        if missing:
            raise ValueError(
                "`state` must be that of `as_dict`. "
                f"Received: one without {', '.join(sorted(missing))}"
            )
        margins = {
            name: {
                shot: math.inf if margin is None else float(margin)
                for shot, margin in state[name].items()
            }
            for name in _MARGINS
        }
        tuples = {name: tuple(state[name]) for name in ("edges", "shots")}
        return cls(**{**state, **tuples, **margins})
