"""What lines of runs on fitted models come to."""

import statistics
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import counted
from keras_groupdir.reports import plain


def means_by_set(
    lines: list[dict[str, Any]], method: str, kind: str, metric: str
) -> dict[str, dict[str, float | None]]:
    """Means over seeds and splits, by data set and subset.

    Args:
        lines: Of runs that did not diverge.
        method: Whose.
        kind: Row of the tables in the lines.
        metric: Of that row.
    """
    return {
        name: {subset: _mean(values) for subset, values in by_subset.items()}
        for name, by_subset in values_by_set(
            lines, method, kind, metric
        ).items()
    }


def values_by_set(
    lines: list[dict[str, Any]],
    method: str,
    kind: str,
    metric: str,
    fewest: int = 0,
) -> dict[str, dict[str, list[float]]]:
    """Those of each seed and split, by data set and subset.

    A split may have no label of a shot.

    Args:
        lines: Of runs that did not diverge.
        method: Whose.
        kind: Row of the tables in the lines.
        metric: Of that row.
        fewest: Subsets of fewer test labels do not count. Defaults to 0.
    """
    own = [line for line in lines if line["method"] == method]
    return {
        name: {
            subset: [
                value
                for line in own
                if line["dataset"] == name
                and line.get("counts", {}).get(subset, fewest) >= fewest
                and kind in line["rows"]
                and (value := line["rows"][kind][metric][subset]) is not None
            ]
            for subset in SUBSETS
        }
        for name in dict.fromkeys(line["dataset"] for line in own)
    }


def runs_note(lines: list[dict[str, Any]]) -> str:
    """Over which seeds a mean is, and over how many splits."""
    seeds = sorted({line["seed"] for line in lines})
    digests: dict[str, set[Any]] = {}
    for line in lines:
        digests.setdefault(line["dataset"], set()).add(line.get("data"))
    most = max(map(len, digests.values()), default=1)
    fewer = [
        plain(name) for name, found in digests.items() if len(found) < most
    ]
    others = f" ({', '.join(fewer)}: fewer)" if fewer else ""
    return (
        f"the seeds {seeds} and over {counted(most, 'split')} of each{others}"
    )


def lost_note(lines: list[dict[str, Any]]) -> str:
    """Says how many runs came to no end; empty if all did."""
    lost = sum(line.get("diverged", False) for line in lines)
    return f" {counted(lost, 'run')} diverged, left out." if lost else ""


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def mean_text(values: Iterable[float | None]) -> str:
    """Mean of the values that there are."""
    mean = _mean([value for value in values if value is not None])
    return "-" if mean is None else f"{mean:.3f}"
