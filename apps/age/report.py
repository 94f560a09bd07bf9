"""One picture of finished runs: errors, convergence and groups.

    python -m apps.age.report results/vanilla results/groupdir

draws the runs in these folders over each other; they have to be of the same
faces. Of Group-DIR there are panels about its groups too, of the first run of
it, next to which the distances of other runs with the same groups are drawn.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from apps.age.panels.by_age import draw_density
from apps.age.panels.by_age import draw_errors_by_age
from apps.age.panels.by_age import draw_predicted_ages
from apps.age.panels.by_group import draw_confusion
from apps.age.panels.by_group import draw_group_distance
from apps.age.panels.by_group import draw_group_sizes
from apps.age.panels.convergence import draw_convergence
from apps.age.panels.read_runs import read_runs
from apps.age.panels.run import GroupRun
from apps.age.panels.run import Run
from apps.common.command import run_app
from apps.common.flags import refusing
from apps.common.results import check_writable
from keras_groupdir.reports import caption
from keras_groupdir.reports import save_figure

AGE_PANELS = (
    draw_density,
    draw_errors_by_age,
    draw_predicted_ages,
    draw_convergence,
)


def main(argv: list[str] | None = None) -> Path:
    """Draws the runs of the given folders; returns the picture's path."""
    parser = argparse.ArgumentParser(prog="python -m apps.age.report")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN_FOLDER")
    parser.add_argument("--output", type=Path, default=Path("report.png"))
    arguments = parser.parse_args(argv)
    with refusing(parser):
        check_writable("output", arguments.output)
        runs = read_runs(arguments.runs)
    draw_report(arguments.output, runs)
    for run in runs:
        print(f"{run.name}: {run.folder}")
    print(f"Wrote {arguments.output}.")
    return arguments.output


def draw_report(path: str | Path, runs: Sequence[Run]) -> None:
    """Draws the panels that the runs have data for.

    Args:
        path: PNG file to write.
        runs: From `read_runs`.
    """
    grouped = [run for run in runs if isinstance(run, GroupRun)]
    height = 1 + bool(grouped)
    figure = Figure(
        figsize=(20, 5.5 * height),
        layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.08),
    )
    rows = figure.subfigures(height, 1, squeeze=False)[:, 0]
    panels = rows[0].subplots(1, len(AGE_PANELS))
    for draw, panel in zip(AGE_PANELS, panels, strict=True):
        draw(panel, runs)
    if grouped:
        first = grouped[0]
        alike = [run for run in grouped if run.groups == first.groups]
        confusion, sizes, distance = rows[1].subplots(1, 3)
        draw_confusion(confusion, first)
        draw_group_sizes(sizes, first)
        draw_group_distance(distance, alike)
    figure.suptitle(_title(runs), fontsize=14)
    save_figure(figure, path)


def _title(runs: Sequence[Run]) -> str:
    models = [
        "{dataset}, {backbone} at {image_size} pixels".format(**run.settings)
        for run in runs
    ]
    # Each once, in their order.
    return "; ".join(map(caption, dict.fromkeys(models)))


if __name__ == "__main__":
    run_app("apps.age.report", "The same command starts anew.")
