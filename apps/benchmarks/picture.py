"""Time and memory against the batch, one column of panels a backend."""

from pathlib import Path
from typing import Any

from keras_groupdir.reports import new_figure
from keras_groupdir.reports import save_figure

FEATURES = "128"
STYLES = {
    "loop": ("O(B³) loop", "#d62728"),
    "row_sort": ("row sort", "#ff7f0e"),
    "autodiff": ("sums per group, autodiff", "#9467bd"),
    "kept": ("closed form, kept", "#6baed6"),
    "tiled": ("closed form, tiled", "#08519c"),
    "plain": ("z @ z.T and gradient", "#7f7f7f"),
}


def draw_losses(path: str | Path, rows: list[dict[str, Any]]) -> None:
    """Draws the cases of 128 features, both axes as logs.

    Args:
        path: PNG file to write.
        rows: Rows of `loss.csv`.
    """
    backends = sorted({row["backend"] for row in rows})
    figure = new_figure(4 * len(backends), 7)
    panels = figure.subplots(
        2, len(backends), sharex=True, sharey="row", squeeze=False
    )
    for column, backend in enumerate(backends):
        mine = [
            row
            for row in rows
            if row["backend"] == backend and row["features"] == FEATURES
        ]
        time, memory = panels[:, column]
        for form, (label, color) in STYLES.items():
            dash = "--" if form == "plain" else "-o"
            for panel, field in ((time, "ms"), (memory, "peak_mb")):
                x, y = _series(mine, form, field)
                panel.plot(x, y, dash, color=color, label=label, markersize=4)
        time.set_title(backend)
        memory.set_xlabel("batch")
        memory.axhline(100, color="#bbbbbb", linewidth=0.8)
        for panel in (time, memory):
            panel.set_xscale("log", base=2)
            panel.set_yscale("log")
            panel.spines[["top", "right"]].set_visible(False)
    panels[0, 0].set_ylabel("milliseconds, value and gradient")
    panels[1, 0].set_ylabel("peak megabytes above the inputs")
    panels[0, 0].legend(frameon=False, fontsize=8)
    figure.suptitle("Contrastive loss on 128 features")
    save_figure(figure, path)


def _series(
    rows: list[dict[str, Any]], form: str, field: str
) -> tuple[list[int], list[float]]:
    """Batches and figures of one form; `plain` was timed beside the others."""
    if form == "plain" and field == "ms":
        form, field = "tiled", "plain_ms"
    points = sorted(
        (int(row["batch"]), float(row[field]))
        for row in rows
        if row["form"] == form and row[field]
    )
    return [x for x, _ in points], [y for _, y in points]
