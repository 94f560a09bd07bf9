"""The paper's figures beside ours."""

from scipy import stats

from apps.compare.printed import PRINTED
from apps.compare.printed import RECIPES_OF
from apps.compare.printed import Printed
from keras_groupdir.experiments import VANILLA
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Method
from keras_groupdir.experiments import change
from keras_groupdir.experiments import interval
from keras_groupdir.reports import NONE
from keras_groupdir.reports import SHORT
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import Footnotes
from keras_groupdir.reports import markdown_table

CHANGED = ("all", "few")


def paper(comparison: Comparison) -> str:
    """A row for each printed one; empty if none are printed of this data."""
    printed = PRINTED.get(comparison.printed or "")
    if printed is None:
        return ""
    header = ["the paper's method", "ours"]
    header += [f"{SHORT[printed.metric]} {subset}" for subset in SUBSETS]
    header += [f"{SHORT[printed.second]} all"]
    header += [f"change {subset} (%)" for subset in CHANGED]
    rows = [header]
    methods = {one.name: one for one in comparison.methods if one.finite}
    # With the numbers that they have in the main table.
    footnotes = Footnotes(comparison.methods)
    shown: list[Method] = []
    for title in printed.rows:
        own = [methods[n] for n in RECIPES_OF[title] if n in methods]
        shown += own
        without: list[Method | None] = [None]
        rows += [
            _row(comparison, printed, title, method, footnotes)
            for method in (own or without)
        ]
    return "\n\n".join(
        [
            f"## Table {printed.number} of the paper",
            "Cells are the paper's figure / ours (mean over seeds). Changes "
            "are from the vanilla of each.",
            markdown_table(rows),
            *footnotes.texts(shown),
            *_notes(printed),
            _order(printed, methods),
        ]
    )


def _row(
    comparison: Comparison,
    printed: Printed,
    title: str,
    method: Method | None,
    footnotes: Footnotes,
) -> list[str]:
    row = [title if printed.is_possible(title) else f"{title} †"]
    row += [NONE if method is None else footnotes.title(method)]
    errors = printed.errors(title)
    for subset in SUBSETS:
        ours = _mean(method, printed.metric, subset)
        row += [_pair(errors[subset], ours, f".{printed.digits}f")]
    second = printed.seconds(title).get("all")
    ours = _mean(method, printed.second, "all")
    row += [_pair(second, ours, f".{printed.digits}f")]
    vanilla = printed.errors("VANILLA")
    for subset in CHANGED:
        theirs = None
        if title != "VANILLA":
            theirs = 100 * (errors[subset] / vanilla[subset] - 1)
        ours = _change(comparison, printed.metric, method, subset)
        row += [_pair(theirs, ours, "+.1f")]
    return row


def _mean(method: Method | None, metric: str, subset: str) -> float | None:
    if method is None:
        return None
    found = interval(list(method.errors(metric, subset).values()))
    return None if found is None else found.mean


def _change(
    comparison: Comparison, metric: str, method: Method | None, subset: str
) -> float | None:
    vanilla = comparison.vanilla
    if method is None or vanilla is None or method.name == VANILLA:
        return None
    found = change(
        method.errors(metric, subset), vanilla.errors(metric, subset)
    )
    return None if found is None else found.percent


def _pair(theirs: float | None, ours: float | None, form: str) -> str:
    if theirs is None and ours is None:
        return NONE
    return " / ".join(
        NONE if value is None else format(value, form)
        for value in (theirs, ours)
    )


def _notes(printed: Printed) -> list[str]:
    wrong = [
        f"{title} {printed.errors(title)['all']:g} "
        f"({printed.implied_overall(title):.{printed.digits}f})"
        for title in printed.rows
        if not printed.is_possible(title)
    ]
    notes = [
        '"Ours" is printed of Group-DIR with soft labels and hard routing; it '
        'stands beside ours with hard and with mixture routing. "SMOBN" in '
        "the paper is SMOGN."
    ]
    if wrong:
        notes.append(
            "† cannot be right as printed: the overall error is not what the "
            f"row's own errors per shot come to: {'; '.join(wrong)}."
        )
    return notes


def _order(printed: Printed, methods: dict[str, Method]) -> str:
    """How alike the two orders are; "Ours" counts once, by hard routing."""
    parts = []
    for subset in CHANGED:
        pairs = []
        for title in printed.rows:
            own = [methods[n] for n in RECIPES_OF[title] if n in methods]
            ours = _mean(own[0] if own else None, printed.metric, subset)
            if ours is not None:
                pairs.append((printed.errors(title)[subset], ours))
        if len(pairs) < 3:
            return "Too few methods of the table are here to compare orders."
        rho = stats.spearmanr(*zip(*pairs, strict=True)).statistic
        parts.append(f"{rho:+.2f} ({subset})")
    return (
        f"Spearman's rank correlation of the paper's order and ours, over "
        f"{len(pairs)} methods: {', '.join(parts)}. 1: the same order."
    )
