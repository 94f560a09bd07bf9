"""One summary of comparisons on several data sets."""

import math
import statistics
from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_not_negative
from keras_groupdir.experiments.comparison import VANILLA
from keras_groupdir.experiments.comparison import Comparison
from keras_groupdir.experiments.method import Method
from keras_groupdir.experiments.pairs import compare_pairs
from keras_groupdir.experiments.ranks import rank_methods
from keras_groupdir.experiments.rivals import GROUP_DIR
from keras_groupdir.experiments.rivals import best_rival
from keras_groupdir.experiments.rivals import single_rival
from keras_groupdir.experiments.statistics import Change
from keras_groupdir.experiments.statistics import change
from keras_groupdir.experiments.summary import MethodSummary
from keras_groupdir.experiments.summary import Result
from keras_groupdir.experiments.summary import Rival
from keras_groupdir.experiments.summary import SetSummary
from keras_groupdir.experiments.summary import Summary
from keras_groupdir.recipes import RECIPES

# From the rarest on.
SHOTS = ("few", "median", "many")


def summarize(
    comparisons: Sequence[Comparison],
    against: str = VANILLA,
    margin: float = 2.0,
) -> Summary:
    """Takes comparisons on several data sets together.

    On each data set: paired changes from one method, overall and of the rarest
    labels, and from the rivals that validation would have chosen. Over the
    data sets: see `OverSets`, `Ranks` and `Pair`.

    A method without a finite run on a data set has no change there and the
    last rank; one that was not run there has neither, see `rank_methods`.

    Args:
        comparisons: One for each data set, with runs.
        against: Name of the method that all are compared with. Defaults to
            `"vanilla"`.
        margin: A method is not worse than another if its paired 95% interval
            ends at most there, in per cent. Defaults to `2.0`.

    Returns:
        `Summary`: print `reports.summary_table` of it, or draw it by
        `reports.draw_critical_difference`.

    Raises:
        ValueError: If a data set is there twice, or has no runs, or no
            such method is known.
    """
    comparisons = list(comparisons)
    _check(comparisons, against)
    margin = check_not_negative("margin", margin)
    datasets = [_describe(one) for one in comparisons]
    names = dict.fromkeys(m.name for one in comparisons for m in one.methods)
    methods = [
        _summarize(name, comparisons, datasets, against) for name in names
    ]
    errors = {
        one.name: {
            dataset: math.inf if result.error is None else result.error
            for dataset, result in one.results.items()
        }
        for one in methods
    }
    ours = {m.name: errors[m.name] for m in methods if not m.is_reference}
    pairs = {pair.one: pair for pair in compare_pairs(errors, against)}
    called = Counter(one.title for one in methods)
    methods = [
        replace(
            one,
            title=f"{one.title} ({one.name})"
            if called[one.title] > 1
            else one.title,
            pair=pairs.get(one.name),
        )
        for one in methods
    ]
    ranks = rank_methods(ours)
    order = list(ranks.means) if ranks else []
    return Summary(
        against,
        margin,
        datasets,
        sorted(methods, key=lambda one: _place(one, order)),
        ranks,
        compare_pairs({name: ours[name] for name in order}),
    )


def _check(comparisons: Sequence[Comparison], against: str) -> None:
    if not comparisons or not all(
        isinstance(one, Comparison) and one.methods for one in comparisons
    ):
        raise ValueError(
            "`comparisons` must be a list of at least one Comparison with "
            f"runs. Received: {comparisons!r}"
        )
    names = [one.dataset for one in comparisons]
    if len(set(names)) < len(names):
        raise ValueError(
            f"`comparisons` must be of different data sets. Received: {names}"
        )
    known = dict.fromkeys(m.name for one in comparisons for m in one.methods)
    # What is not there yet may come.
    check_choice("against", against, [*known, *(RECIPES.keys() - known)])


def _describe(comparison: Comparison) -> SetSummary:
    finite = [line for line in comparison.lines if not line["diverged"]]
    counts = dict(finite[0]["test"]["counts"]) if finite else {}
    chosen = {
        "any": best_rival(comparison, ""),
        "rival": best_rival(comparison, GROUP_DIR),
        "weighted": best_rival(comparison, "", weighted=True),
    }
    return SetSummary(
        comparison.dataset,
        comparison.metric,
        counts,
        next((shot for shot in SHOTS if counts.get(shot)), "all"),
        sorted({line["seed"] for line in comparison.lines}),
        {kind: one.name for kind, one in chosen.items() if one is not None},
    )


def _summarize(
    name: str,
    comparisons: Sequence[Comparison],
    datasets: Sequence[SetSummary],
    against: str,
) -> MethodSummary:
    single = single_rival(comparisons, name)
    found: dict[str, Method] = {}
    results: dict[str, Result] = {}
    for comparison, dataset in zip(comparisons, datasets, strict=True):
        methods = {one.name: one for one in comparison.methods}
        if name in methods:
            found[dataset.name] = methods[name]
            results[dataset.name] = _result(
                comparison,
                dataset,
                methods[name],
                methods.get(against),
                methods.get(single) if single else None,
            )
    any_one = next(iter(found.values()))
    return MethodSummary(
        name,
        # Without what tells it from a twin, which is of one data set.
        replace(any_one, has_twin=False).title,
        any_one.is_reference,
        results,
        sum(len(one.finite) for one in found.values()),
        sum(len(one.last_epoch_best) for one in found.values()),
        sum(len(one.runs) - len(one.finite) for one in found.values()),
    )


def _result(
    comparison: Comparison,
    dataset: SetSummary,
    method: Method,
    base: Method | None,
    single: Method | None,
) -> Result:
    def changed(other: Method, subset: str = "all") -> Change | None:
        return change(
            method.errors(dataset.metric, subset),
            other.errors(dataset.metric, subset),
        )

    rivals: Mapping[str, Method | None] = {
        "against": base,
        "single": single,
        "best": best_rival(comparison, method.name),
        "weighted": best_rival(comparison, method.name, weighted=True),
    }
    is_base = base is None or base is method
    errors = list(method.errors(dataset.metric, "all").values())
    return Result(
        statistics.fmean(errors) if errors else None,
        None if base is None or is_base else changed(base),
        None if base is None or is_base else changed(base, dataset.rare),
        {
            kind: Rival(one.name, changed(one))
            for kind, one in rivals.items()
            if one is not None and one is not method and method.finite
        },
        _issue(method, dataset),
    )


def _issue(method: Method, dataset: SetSummary) -> str:
    issues = []
    if method.failed:
        issues.append(f"cannot run: {next(iter(method.failed.values()))}")
    if method.diverged:
        number, total = len(method.diverged), len(method.runs)
        issues.append(f"{number} of {total} runs diverged")
    missing = sorted(set(dataset.seeds) - method.runs.keys())
    if missing:
        issues.append(f"no run of seed {' '.join(map(str, missing))}")
    return ", ".join(issues)


def _place(
    method: MethodSummary, order: Sequence[str]
) -> tuple[int, bool, float]:
    """Ranks first, then mean changes, then references and the rest."""
    place = order.index(method.name) if method.name in order else len(order)
    over = method.overall
    return place, method.is_reference, over.percent if over else math.inf
