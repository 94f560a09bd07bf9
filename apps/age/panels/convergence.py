"""How errors fall while training: the paper's Fig. 3."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from apps.age.panels.run import GroupRun
from apps.age.panels.run import Run
from apps.age.panels.style import clean
from apps.age.panels.style import paler
from apps.age.panels.style import plain_log
from keras_groupdir.reports import BASE
from keras_groupdir.reports import caption


def draw_convergence(axes: Axes, runs: Sequence[Run]) -> None:
    """Errors of training and validation, of the prediction and the oracle."""
    handles = []
    for run in runs:
        validation = run.history["val_prediction_mae"]
        axes.plot(
            run.best_epoch, validation[run.best_epoch - 1], "o", color=run.color
        )
        _draw(axes, run.history, "prediction_mae", run.color)
        name = caption(run.name)
        handles.append(Line2D([], [], color=run.color, label=name))
        if isinstance(run, GroupRun):
            color = paler(run.color)
            _draw(axes, run.history, "oracle_mae", color)
            label = f"{name}, oracle"
            handles.append(Line2D([], [], color=color, label=label))
    handles += [
        Line2D([], [], color=BASE, label="validation"),
        Line2D([], [], color=BASE, linestyle="--", label="training"),
        Line2D([], [], color=BASE, marker="o", ls="", label="epoch kept"),
    ]
    plain_log(axes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(
        title="Convergence (paper's Fig. 3)",
        xlabel="epoch",
        ylabel="mean absolute error (years)",
    )
    # With room for the legend.
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.3)
    axes.legend(handles=handles, fontsize=8, ncols=2, loc="upper right")
    clean(axes)


def _draw(
    axes: Axes, history: dict[str, list[float]], metric: str, color: Any
) -> None:
    for name, style in ((f"val_{metric}", "-"), (metric, "--")):
        errors = history[name]
        epochs = range(1, len(errors) + 1)
        axes.plot(epochs, errors, style, marker=".", ms=3, color=color)
