"""What to make of methods over several data sets, in words."""

from keras_groupdir.experiments import Pair
from keras_groupdir.experiments import Ranks
from keras_groupdir.experiments import Summary
from keras_groupdir.experiments import over_choices
from keras_groupdir.reports.cells import counted
from keras_groupdir.reports.cells import p_cell
from keras_groupdir.reports.cells import plain
from keras_groupdir.reports.summary_cells import over_sets_cell
from keras_groupdir.reports.summary_cells import title_of

LEVEL = 0.05
MOST_PAIRS = 12


def lead(summary: Summary) -> str:
    """The one method that a reader looks for, and how sure it is."""
    ranks = summary.ranks
    if ranks is None:
        return (
            "There are no two methods with runs on the same data sets yet: no "
            "ranks."
        )
    best = next(one for one in summary.methods if one.name in ranks.means)
    least = f"{ranks.means[best.name]:.2f}"
    tied = [
        f"**{plain(one.title)}**"
        for one in summary.methods
        if one.name in ranks.means and f"{ranks.means[one.name]:.2f}" == least
    ]
    text = (
        f"{' and '.join(tied)} {'has' if len(tied) == 1 else 'have'} the least "
        f"mean rank: {least}, of {len(ranks.means)} methods on "
        f"{counted(len(ranks.datasets), 'data set')}."
    )
    if best.overall is not None:
        over = best.overall
        whose = "Its" if len(tied) == 1 else "The first's"
        text += (
            f" {whose} mean change from "
            f"{title_of(summary, summary.against)} is "
            f"{over_sets_cell(over)} %: {counted(over.wins, 'win')}, "
            f"{counted(over.ties, 'tie')}, "
            f"{counted(over.losses, 'loss', 'es')}."
        )
    return f"{text} {_tests(ranks)}"


def _tests(ranks: Ranks) -> str:
    text = ""
    if ranks.p is not None:
        are = "differ" if ranks.p < LEVEL else "may be chance"
        text = (
            f"By Friedman's test the ranks {are} (chi-squared "
            f"{ranks.chi_squared:.1f}, p {p_cell(ranks.p, None)}). "
        )
    return (
        f"{text}By Nemenyi's, two methods differ if their mean ranks are "
        f"{ranks.critical_difference:.2f} apart."
    )


def notes(summary: Summary) -> list[str]:
    """How to read the first table, and what was found of the pairs."""
    base = title_of(summary, summary.against)
    found = [
        f"change: of the mean test error over seeds from {base}'s, by the mean "
        "of the logarithms over data sets, each of which counts the same; in "
        "brackets its 95% interval over data sets (Student's t).",
        "win, loss: a data set whose own paired interval over seeds excludes "
        "0, the rest are ties; better, worse: by the mean alone.",
        "rarest: few-shot labels, or what the table of data sets says.",
        f"p: of Wilcoxon's signed-rank test against {base} over data sets; "
        f"`*`: below {LEVEL} after Holm's correction for the methods of the "
        f"column.{_too_few(summary, len(summary.methods) - 1)}",
        "best epoch last: runs that might have become better with more epochs; "
        "lost: those that diverged or could not be made.",
    ]
    if not any(one.overall for one in summary.methods):
        found = [f"There is no finished run of {base} to compare with."]
    if any(one.is_reference for one in summary.methods):
        found.append(
            "References are no recipes: they have no rank, are nobody's rival, "
            "and an epoch of boosted trees is a tree."
        )
    found += [*_pairs(summary), *_training(summary), *_left_out(summary)]
    return ["\n".join(f"- {one}" for one in found)]


def _too_few(summary: Summary, tests: int) -> str:
    """Says so if no test can be below 0.05 after the correction."""
    sets = len(summary.datasets)
    # All signs alike, either way, is the least that can be of signed ranks.
    least = min(1.0, max(1, tests) * 2 / 2**sets)
    if least < LEVEL:
        return ""
    return (
        f" With {counted(tests, 'test')} on {counted(sets, 'data set')} the "
        f"least that a corrected p could be is {least:.2g}, so none can be "
        "told apart."
    )


def _pairs(summary: Summary) -> list[str]:
    if len(summary.pairs) < 2:
        return []
    clear = [
        pair
        for pair in summary.pairs
        if pair.corrected is not None and pair.corrected < LEVEL
    ]
    text = f"Of all {len(summary.pairs)} pairs, by the same test"
    if not clear:
        few = _too_few(summary, len(summary.pairs))
        return [f"{text} with Holm's correction, none differs.{few}"]
    clear.sort(key=lambda pair: pair.corrected or 0.0)
    listed = "; ".join(_pair(summary, one) for one in clear[:MOST_PAIRS])
    more = len(clear) - MOST_PAIRS
    return [
        f"{text} with Holm's correction, {len(clear)} differ: {listed}"
        f"{f'; and {more} more' if more > 0 else ''}."
    ]


def _pair(summary: Summary, pair: Pair) -> str:
    first, second = title_of(summary, pair.one), title_of(summary, pair.other)
    if pair.worse > pair.better:
        first, second = second, first
    return f"{first} before {second} (p {p_cell(pair.corrected, None)})"


def _training(summary: Summary) -> list[str]:
    methods = [one for one in summary.methods if not one.is_reference]
    last = sum(one.num_last for one in methods)
    runs = sum(one.num_runs for one in methods)
    if not last:
        return []
    return [
        f"{last} of {counted(runs, 'run')} had the best epoch as the last one: "
        "their methods may be under-trained."
    ]


def _left_out(summary: Summary) -> list[str]:
    """What has no part in the ranks, and why."""
    ranks = summary.ranks
    if ranks is None:
        return []
    found = []
    sets = [d.name for d in summary.datasets if d.name not in ranks.datasets]
    if sets:
        found.append(
            f"Ranks leave out {', '.join(map(plain, sets))}, where "
            "methods are missing that most of the others have."
        )
    left = [
        plain(one.title)
        for one in summary.methods
        if not one.is_reference and one.name not in ranks.means
    ]
    if left:
        found.append(
            f"Without a rank, as they were not run on each of the ranked data "
            f"sets: {', '.join(left)}."
        )
    return found


def choices(summary: Summary) -> str:
    """What it is worth to choose another method for each data set."""
    by_validation = over_choices(summary)
    if by_validation is None:
        return ""
    base = title_of(summary, summary.against)
    return (
        "Who takes on each data set what is best by validation of all is at "
        f"{over_sets_cell(by_validation)} % from {base}, by the mean over data "
        "sets; who knew the test errors and took the least of them, which is "
        "no result but a bound, at "
        f"{over_sets_cell(over_choices(summary, by_test=True))} %."
    )


def issues(summary: Summary) -> list[str]:
    """What is missing, method by method."""
    lines = []
    for one in summary.methods:
        absent = [
            plain(dataset.name)
            for dataset in summary.datasets
            if dataset.name not in one.results
        ]
        if absent:
            lines.append(
                f"{plain(one.title)} was not run on {', '.join(absent)}"
            )
        lines += [
            f"{plain(one.title)} on {plain(name)}: {plain(result.issue)}"
            for name, result in one.results.items()
            if result.issue
        ]
    if not lines:
        return []
    return [
        "## What is missing",
        "Runs without a result count in no mean, which flatters their methods; "
        "without any on a data set a method has the last rank there.",
        "\n".join(f"- {line}" for line in lines),
    ]
