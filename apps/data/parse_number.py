"""Numbers that stand in files as text."""

import re

_FORM = re.compile(
    r"\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE
)


def parse_number(text: str) -> float | None:
    """The number that a text is, or `None` if it is none.

    Digits, with a point and an exponent if need be. What else `float` takes is
    text here: `10_20` may be a range, and `nan`, `inf` and `Infinity` are
    words that mean something else in one table than in another.

    Args:
        text: Of a cell; blanks around it do not count.

    Returns:
        A float; infinite if there is none so large.

    Examples:

    >>> [parse_number(text) for text in ("1.5", " -2e3 ", "10_20", "inf", "")]
    [1.5, -2000.0, None, None, None]
    """
    return float(text) if _FORM.fullmatch(text) else None
