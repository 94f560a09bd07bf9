"""What the shots of results were made by."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from keras_groupdir.labels import ShotThresholds


def shots_note(tables: Iterable[Mapping[str, Any]]) -> str:
    """A line for below a table; empty if no table tells of its thresholds.

    Args:
        tables: Of `ShotTable.as_dict()`; those of before thresholds were kept
            have none.

    Examples:

    >>> shots_note([{"shots": {"many_above": 100, "few_below": 30}}, {}])
    'Shots by count: many > 100, few < 30.'
    """
    found = dict.fromkeys(
        str(ShotThresholds(**table["shots"]))
        for table in tables
        if "shots" in table
    )
    text = "; ".join(found)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
