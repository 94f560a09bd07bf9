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
# Of a number that is written out: behind the point, and before it.
MOST_DIGITS, MOST_PLACES = 6, 12


def second_metric(metric: str) -> str:
    """What the paper prints beside the errors."""
    return "pearson" if metric == "mse" else "geometric_mean"


def digits_of(comparison: Comparison) -> int:
    """Digits behind the point that suit the errors of a comparison."""
    best = comparison.methods[0]
    return digits_for(best.errors(comparison.metric, "all").values())


def digits_for(errors: Iterable[float]) -> int:
    """Digits behind the point for three figures or so.

    Three digits at most, but below 0.01 as many as that takes.

    Examples:

    >>> digits_for([0.8]), digits_for([412.5]), digits_for([25000.0])
    (3, 1, 0)
    >>> digits_for([0.00205]), digits_for([1.2e-6])
    (5, 8)
    """
    size = max(errors, default=1.0)
    if size <= 0:
        return 3
    place = math.floor(math.log10(size))
    return 2 - place if size < 0.01 else min(3, max(0, 3 - place))


def number_cell(value: float, digits: int) -> str:
    """A number in label units; what would be too long is a power of ten.

    Args:
        value: The number.
        digits: Behind the point, from `digits_for`.

    Examples:

    >>> number_cell(0.8, 3), number_cell(1.2e-6, 8), number_cell(3e20, 0)
    ('0.800', '1.20e-06', '3.00e+20')
    """
    is_long = digits > MOST_DIGITS or abs(value) >= 10**MOST_PLACES
    return f"{value:.2e}" if is_long else f"{value:.{digits}f}"


def mean_cell(values: Iterable[float], digits: int) -> str:
    """Mean and half-width of the 95% interval.

    Examples:

    >>> mean_cell([1.0, 2.0, 3.0], 2), mean_cell([1.0], 2), mean_cell([], 2)
    ('2.00 ± 2.48', '1.00 ± -', '-')
    """
    found = interval(list(values))
    if found is None:
        return NONE
    half = NONE if found.half is None else number_cell(found.half, digits)
    return f"{number_cell(found.mean, digits)} ± {half}"


def percent_cell(percent: float) -> str:
    """A change in per cent; an enormous one is a power of ten.

    Examples:

    >>> percent_cell(-4.06), percent_cell(1e48), percent_cell(float("inf"))
    ('-4.1', '+1.0e+48', '+inf')
    """
    return f"{percent:+.1f}" if abs(percent) < 1e6 else f"{percent:+.1e}"


def change_cell(change: Change | None) -> str:
    """Change in per cent, with the half-width of its interval.

    Examples:

    >>> change_cell(Change(-4.06, 2.0, 0.01)), change_cell(None)
    ('-4.1 ± 2.0', '-')
    """
    if change is None:
        return NONE
    half = NONE
    if change.half is not None:
        half = percent_cell(change.half).removeprefix("+")
    return f"{percent_cell(change.percent)} ± {half}"


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


def counted(number: int, one: str, ending: str = "s") -> str:
    """A number of things, by their name and how it ends if they are several.

    Examples:

    >>> counted(1, "run"), counted(0, "run"), counted(2, "loss", "es")
    ('1 run', '0 runs', '2 losses')
    """
    return f"{number} {one}{'' if number == 1 else ending}"


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
