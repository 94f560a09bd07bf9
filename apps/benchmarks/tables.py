"""The benchmark's figures as Markdown."""

from typing import Any

from keras_groupdir.reports import markdown_table

Row = dict[str, Any]
FORMS = ("kept", "tiled", "unsized", "autodiff", "row_sort", "loop")


def loss_table(rows: list[Row]) -> str:
    """Time of each form as a multiple of the plain product, and memory."""
    names = ("backend", "batch", "features")
    cases = sorted(
        {tuple(row[name] for name in names) for row in rows},
        key=lambda case: (case[0], int(case[2]), int(case[1])),
    )
    forms = [f for f in FORMS if any(row["form"] == f for row in rows)]
    head = [*names, "plain ms", "plain MB", *(f"{f} x / MB" for f in forms)]
    lines = [head]
    for case in cases:
        found = {
            row["form"]: row
            for row in rows
            if tuple(row[name] for name in names) == case
        }
        plain = min(float(row["plain_ms"]) for row in found.values())
        cells = [_cell(found.get(form), plain) for form in forms]
        memory = _memory(found.get("plain"))
        lines.append([*case, f"{plain:.1f}", memory, *cells])
    return markdown_table(lines)


def encoder_table(rows: list[Row]) -> str:
    """Pairs per second before and after."""
    head = ["backend", "masked, padded", "this encoder", "speed-up", "apart"]
    names = (
        "backend",
        "before_pairs_per_s",
        "after_pairs_per_s",
        "speed_up",
        "largest_difference",
    )
    return markdown_table([head, *([row[k] for k in names] for row in rows)])


def _cell(row: Row | None, plain_ms: float) -> str:
    """Multiple of the plain product and megabytes.

    Forms that free gigabytes slow down the product that is timed after them:
    those are set against the product beside the other forms.
    """
    if row is None:
        return "-"
    ratio = float(row["ratio"])
    if row["form"] in ("row_sort", "loop"):
        ratio = float(row["ms"]) / plain_ms
    return f"{ratio:.2f} / {_memory(row)}"


def _memory(row: Row | None) -> str:
    return f"{float(row['peak_mb']):.0f}" if row and row["peak_mb"] else "-"
