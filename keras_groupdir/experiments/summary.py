"""Methods over several data sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from keras_groupdir.experiments.over_sets import OverSets
from keras_groupdir.experiments.over_sets import over_sets
from keras_groupdir.experiments.pairs import Pair
from keras_groupdir.experiments.ranks import Ranks
from keras_groupdir.experiments.statistics import Change


@dataclass(frozen=True)
class Rival:
    """What a method is measured by, on one data set.

    Attributes:
        name: Of the rival.
        change: Of the overall test error, from the rival; `None` without a
            common seed.
    """

    name: str
    change: Change | None

    def is_not_worse(self, margin: float) -> bool | None:
        """Whether the interval is below a margin, in per cent.

        `None` if there is no interval, as of a single seed.
        """
        upper = self.change.upper if self.change else None
        return None if upper is None else upper <= margin


@dataclass(frozen=True)
class Result:
    """One method on one data set.

    Attributes:
        error: Mean test error of the runs that came to an end.
        overall: Its change from the method that all are compared with.
        rare: The same for the rarest labels.
        rivals: By the kinds of `Summary`, where there is one.
        issue: What is not as it should be, in words; or empty.
    """

    error: float | None
    overall: Change | None = None
    rare: Change | None = None
    rivals: dict[str, Rival] = field(default_factory=dict)
    issue: str = ""


@dataclass(frozen=True)
class SetSummary:
    """One data set.

    Attributes:
        name: Of the data set.
        metric: The one that decides on it.
        counts: Test samples, all and by shot.
        rare: The rarest shot that has test samples: `"few"` if it has.
        seeds: Of all methods.
        chosen: Names of the methods with the least validation error: of
            `"any"`, of a `"rival"` of `groupdir*`, and of a `"weighted"` one.
    """

    name: str
    metric: str
    counts: dict[str, int]
    rare: str
    seeds: list[int]
    chosen: dict[str, str]


@dataclass(frozen=True)
class MethodSummary:
    """One method over the data sets.

    Attributes:
        name: Of the recipe.
        title: See `Method`.
        is_reference: See `Method`.
        results: By data set, of those that it was run on.
        num_runs: Runs that came to an end, on all data sets.
        num_last: Those whose best epoch was the last one.
        num_lost: Runs that diverged or could not be made.
        pair: Of it and the method that all are compared with.
    """

    name: str
    title: str
    is_reference: bool
    results: dict[str, Result]
    num_runs: int
    num_last: int
    num_lost: int
    pair: Pair | None = None

    @property
    def overall(self) -> OverSets | None:
        """Change of the overall error, over data sets."""
        return over_sets(one.overall for one in self.results.values())

    @property
    def rare(self) -> OverSets | None:
        """Change of the error of the rarest labels, over data sets."""
        return over_sets(one.rare for one in self.results.values())

    def over_rivals(self, kind: str) -> OverSets | None:
        """Change from the rivals of a kind, over data sets."""
        return over_sets(
            one.rivals[kind].change
            for one in self.results.values()
            if kind in one.rivals
        )

    def not_worse(self, kind: str, margin: float) -> tuple[int, int]:
        """Data sets where it is not worse than a rival, and of how many."""
        found = [
            one.rivals[kind].is_not_worse(margin)
            for one in self.results.values()
            if kind in one.rivals
        ]
        decided = [one for one in found if one is not None]
        return sum(decided), len(decided)


@dataclass(frozen=True)
class Summary:
    """Methods over several data sets.

    Rivals are of four kinds: `"against"`, the method that all are compared
    with; `"single"`, the one that validation would have chosen for all data
    sets; `"best"`, the one that it would have chosen on each; `"weighted"`, the
    same among plain regressions with density weights.

    Attributes:
        against: Name of the method that all are compared with.
        margin: How much worse still counts as not worse, in per cent.
        datasets: In the order given.
        methods: The best mean rank first, those without a rank last.
        ranks: `None` of fewer than two methods with common data sets.
        pairs: Of all methods with a rank.
    """

    against: str
    margin: float
    datasets: Sequence[SetSummary]
    methods: Sequence[MethodSummary]
    ranks: Ranks | None
    pairs: Sequence[Pair]
