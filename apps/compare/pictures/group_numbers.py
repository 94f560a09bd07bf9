"""Group accuracy and errors by the number of groups: Fig. 7 and 8."""

import statistics
from collections import defaultdict
from pathlib import Path

from matplotlib.axes import Axes

from apps.compare.sections.group_numbers_table import NAMES
from keras_groupdir.experiments import Line
from keras_groupdir.experiments import Method
from keras_groupdir.reports import BASE
from keras_groupdir.reports import caption
from keras_groupdir.reports import metric_label
from keras_groupdir.reports import new_figure
from keras_groupdir.reports import save_figure

# Okabe and Ito's, which the color-blind tell apart.
TARGETS = {"soft": "#d55e00", "ce": "#0072b2", "la": "#009e73"}
SHOTS = {
    "all": "#4d4d4d",
    "many": "#56b4e9",
    "median": "#0072b2",
    "few": "#d55e00",
}
# Values of the seeds by number of groups.
Series = dict[int, list[float]]


def draw_group_numbers(
    path: Path, lines: list[Line], vanilla: Method | None = None
) -> None:
    """Draws mean and standard deviation over seeds.

    Args:
        path: PNG file to write.
        lines: Of `python -m apps.compare.group_numbers`, none diverged.
        vanilla: Drawn as dashed lines, if given.
    """
    metric = lines[0]["metric"]
    targets = list(dict.fromkeys(line["settings"]["targets"] for line in lines))
    figure = new_figure(16, 5)
    accuracy, overall, shots = figure.subplots(1, 3)
    for name in targets:
        own = [line for line in lines if line["settings"]["targets"] == name]
        label, color = NAMES[name], TARGETS[name]
        _draw(accuracy, _accuracies(own), label, color)
        _draw(overall, _errors(own, metric, "all"), label, color)
    numbers = sorted({line["settings"]["num_groups"] for line in lines})
    chance = [1 / number for number in numbers]
    accuracy.plot(numbers, chance, ":", color=BASE, label="chance")
    accuracy.set_ylim(bottom=0)
    accuracy.set(title="Group accuracy (paper's Fig. 7)", ylabel="accuracy")
    first = "soft" if "soft" in targets else targets[0]
    own = [line for line in lines if line["settings"]["targets"] == first]
    for subset, color in SHOTS.items():
        _draw(shots, _errors(own, metric, subset), subset, color)
        if vanilla is not None:
            _draw_vanilla(shots, vanilla, metric, subset, color)
    if vanilla is not None:
        _draw_vanilla(overall, vanilla, metric, "all", BASE)
    overall.set(title="Error overall")
    shots.set(title=f"Errors by shot, {NAMES[first]} (paper's Fig. 8)")
    for axes in (overall, shots):
        axes.set_ylabel(metric_label(metric, lines[0]["unit"]))
        if vanilla is not None:
            axes.plot([], [], "--", color=BASE, lw=1, label="vanilla")
    for axes in (accuracy, overall, shots):
        axes.set_xticks(numbers)
        axes.set_xlabel("number of groups")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.12),
            ncols=5,
            frameon=False,
            fontsize=9,
        )
    dataset = caption(lines[0]["dataset"])
    figure.suptitle(f"Number of groups, test set of {dataset}")
    save_figure(figure, path)


def _draw(axes: Axes, series: Series, label: str, color: str) -> None:
    if not series:
        return
    numbers = sorted(series)
    means = [statistics.fmean(series[number]) for number in numbers]
    spreads = [
        statistics.stdev(series[number]) if len(series[number]) > 1 else 0.0
        for number in numbers
    ]
    axes.plot(numbers, means, "o-", color=color, label=label)
    axes.fill_between(
        numbers,
        [mean - spread for mean, spread in zip(means, spreads, strict=True)],
        [mean + spread for mean, spread in zip(means, spreads, strict=True)],
        color=color,
        alpha=0.15,
        linewidth=0,
    )


def _draw_vanilla(
    axes: Axes, vanilla: Method, metric: str, subset: str, color: str
) -> None:
    values = vanilla.errors(metric, subset).values()
    if values:
        axes.axhline(statistics.fmean(values), color=color, ls="--", lw=1)


def _accuracies(lines: list[Line]) -> Series:
    series = defaultdict(list)
    for line in lines:
        accuracy = line["test"]["group_accuracy"]
        if accuracy is not None:
            series[line["settings"]["num_groups"]].append(accuracy)
    return series


def _errors(lines: list[Line], metric: str, subset: str) -> Series:
    series = defaultdict(list)
    for line in lines:
        error = line["test"]["rows"][line["routing"]][metric][subset]
        if error is not None:
            series[line["settings"]["num_groups"]].append(error)
    return series
