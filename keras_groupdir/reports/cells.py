"""Numbers as the report writes them."""

import html
import math
import re
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from keras_groupdir.experiments import Change
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import interval

NONE = "-"
SUBSETS = ("all", "many", "median", "few")
SHORT = {"mse": "MSE", "mae": "MAE", "pearson": "Pearson"}
SHORT["geometric_mean"] = "GM"


def second_metric(metric: str) -> str:
    """What the paper prints beside the errors."""
    return "pearson" if metric == "mse" else "geometric_mean"


def digits_of(comparison: Comparison) -> int:
    """Digits behind the point that suit the errors of a comparison."""
    best = comparison.methods[0]
    return digits_for(best.errors(comparison.metric, "all").values())


def digits_for(errors: Iterable[float]) -> int:
    """Digits behind the point for four figures or so, three at most.

    Examples:

    >>> digits_for([0.8]), digits_for([412.5]), digits_for([25000.0])
    (3, 1, 0)
    """
    size = max(errors, default=1.0)
    return min(3, max(0, 3 - math.floor(math.log10(max(size, 1e-9)))))


def mean_cell(values: Iterable[float], digits: int) -> str:
    """Mean and half-width of the 95% interval.

    Examples:

    >>> mean_cell([1.0, 2.0, 3.0], 2), mean_cell([1.0], 2), mean_cell([], 2)
    ('2.00 ± 2.48', '1.00 ± -', '-')
    """
    found = interval(list(values))
    if found is None:
        return NONE
    half = NONE if found.half is None else f"{found.half:.{digits}f}"
    return f"{found.mean:.{digits}f} ± {half}"


def change_cell(change: Change | None) -> str:
    """Change in per cent, with the half-width of its interval.

    Examples:

    >>> change_cell(Change(-4.06, 2.0, 0.01)), change_cell(None)
    ('-4.1 ± 2.0', '-')
    """
    if change is None:
        return NONE
    half = NONE if change.half is None else f"{change.half:.1f}"
    return f"{change.percent:+.1f} ± {half}"


def p_cell(p: float | None, corrected: float | None) -> str:
    """A p value, with a mark if it is below 0.05 after the correction.

    Examples:

    >>> p_cell(0.0004, 0.01), p_cell(0.03, 0.3), p_cell(None, None)
    ('<0.001 *', '0.030', '-')
    """
    if p is None:
        return NONE
    mark = " *" if corrected is not None and corrected < 0.05 else ""
    return f"{'<0.001' if p < 0.001 else f'{p:.3f}'}{mark}"


def plain(text: object) -> str:
    r"""Text out of a file, in one line, that Markdown shows as it is.

    Examples:

    >>> print(plain("price_usd"), plain("a|b\n# <b> [c](d)"))
    price_usd a\|b # &lt;b&gt; \[c\](d)
    """
    shown = "".join(one if one.isprintable() else " " for one in str(text))
    escaped = html.escape(" ".join(shown.split()), quote=False)
    return re.sub(r"([\\*\[\]|$~])", r"\\\1", escaped)


def settings_cell(settings: dict[str, Any]) -> str:
    """Settings in words.

    Examples:

    >>> settings_cell({"sigma": 2.0, "num_groups": 10}), settings_cell({})
    ('sigma 2, num_groups 10', 'defaults')
    """
    if not settings:
        return "defaults"
    return ", ".join(
        plain(
            f"{name} {value:g}"
            if isinstance(value, float)
            else f"{name} {value}"
        )
        for name, value in settings.items()
    )


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as Markdown; the first is the header.

    Examples:

    >>> print(markdown_table([["a", "b"], ["1", "2"]]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    header, *others = rows
    lines = [header, ["---"] * len(header), *others]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)
