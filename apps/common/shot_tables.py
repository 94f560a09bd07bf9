"""Shot tables out of results files, which somebody may have changed."""

from typing import Any

from keras_groupdir.labels import ShotThresholds
from keras_groupdir.reports import SUBSETS

METRICS = ("mae", "mse", "geometric_mean", "pearson")


def check_table(table: Any, routing: str | None = None) -> None:
    """Refuses what is no `ShotTable.as_dict()`.

    Args:
        table: From a file.
        routing: Row that must be there. Defaults to any.

    Raises:
        ValueError: Says what is missing or wrong.
    """
    try:
        rows, counts = table["rows"], table["counts"]
        cells = [counts[subset] for subset in SUBSETS]
        for row in rows if routing is None else {routing: 0, **rows}:
            cells += [rows[row][m][s] for m in METRICS for s in SUBSETS]
        if "group_accuracy" in table or routing not in (None, "model"):
            cells.append(table["group_accuracy"])
        # Tables of before thresholds were kept have none.
        ShotThresholds(**table.get("shots", {"many_above": 0, "few_below": 0}))
    except (LookupError, TypeError) as error:
        raise ValueError(f"no table of errors: {error!r}") from error
    for cell in cells:
        if not isinstance(cell, int | float | None):
            raise ValueError(f"no number in a table of errors: {cell!r}")
