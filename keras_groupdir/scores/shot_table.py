"""The paper's table: errors overall and per shot, a row for each routing."""

from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_numbers
from keras_groupdir.checks import check_rows
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.shot_thresholds import SHOTS
from keras_groupdir.labels.shot_thresholds import ShotThresholds
from keras_groupdir.resampling import box_plot_points
from keras_groupdir.scores import errors
from keras_groupdir.scores.shot_rows import Function
from keras_groupdir.scores.shot_rows import Rows
from keras_groupdir.scores.shot_rows import shot_rows
from keras_groupdir.types import ArrayLike

_HEADINGS = {"all": "All", "many": "Many", "median": "Med.", "few": "Few"}


@dataclass(frozen=True)
class ShotTable:
    """Errors of several predictions of the same samples.

    Attributes:
        counts: Samples in each subset: all, many, median, few.
        rows: Errors as `rows[prediction][metric][subset]`.
        extras: Numbers about the group classifier, if there is one.
        own: Which row is the model's own prediction.
        thresholds: What made labels common or rare, if that is known.

    `str(table)` is the table as text; a subset without samples shows `-`.
    """

    counts: dict[str, int]
    rows: Rows
    extras: dict[str, float] = field(default_factory=dict)
    own: str = "model"
    thresholds: ShotThresholds | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts and numbers, ready for JSON.

        What has no value, in a subset without samples, say, or an infinite
        one, is `None`: JSON has neither. The thresholds, if there are any, are
        by the name `"shots"`.
        """
        rows = {
            name: {
                metric: {
                    k: v if np.isfinite(v) else None for k, v in row.items()
                }
                for metric, row in metrics.items()
            }
            for name, metrics in self.rows.items()
        }
        extras = {
            k: v if np.isfinite(v) else None for k, v in self.extras.items()
        }
        table = {"counts": self.counts, "rows": rows, **extras}
        if self.thresholds is not None:
            table["shots"] = asdict(self.thresholds)
        return table

    def to_text(self, metrics: tuple[str, ...] | None = None) -> str:
        """The table as text.

        Args:
            metrics: Which metrics to print. Defaults to all of them.
        """
        if metrics is None:
            metrics = tuple(next(iter(self.rows.values()), ()))
        width = max(len(name) for name in ("samples", *metrics, *self.rows)) + 2
        lines = [_line(width, "samples", list(self.counts.values()))]
        if self.thresholds is not None:
            lines.append(str(self.thresholds))
        for metric in metrics:
            lines += ["", _line(width, metric, list(_HEADINGS.values()))]
            lines += [
                _line(width, name, list(row[metric].values()))
                for name, row in self.rows.items()
            ]
        if self.extras:
            lines.append("")
        lines += [
            f"{name.replace('_', ' ')}: "
            + ("-" if np.isnan(value) else f"{value:.3f}")
            for name, value in self.extras.items()
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.to_text()


def shot_table(
    y_true: ArrayLike,
    predictions: dict[str, ArrayLike],
    shots: ArrayLike,
    bins: LabelGroups,
    epsilon: float = 0.0,
    extras: dict[str, float] | None = None,
    own: str = "model",
    train_labels: ArrayLike | None = None,
    thresholds: ShotThresholds | None = None,
) -> ShotTable:
    """Compares predictions overall and per shot.

    Errors are averaged over the samples of a subset, not over its labels;
    `balanced_mae` averages over the bins. With training labels there are two
    metrics more: `balanced_mase`, against the training median on the same
    subset, and `sera`, with the relevance of `resampling.box_plot_points`,
    which has no value where no training label lies out of the box plot.

    Args:
        y_true: Labels. Shape `(n,)` or `(n, 1)`.
        predictions: Predictions by name. Each of shape `(n,)` or `(n, 1)`.
        shots: `"many"`, `"median"` or `"few"` per sample, from
            `labels.label_shots`. Shape `(n,)`.
        bins: Bins of the label histogram.
        epsilon: Stands in for errors of 0 in the geometric mean. Defaults to
            `0.0`.
        extras: More numbers to keep and print. Defaults to none.
        own: Which of them is the model's own. Defaults to `"model"`.
        train_labels: Training labels. Shape `(m,)` or `(m, 1)`. Defaults to
            none.
        thresholds: What made the shots, to keep and print. Defaults to none.

    Returns:
        `ShotTable`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 3, num_groups=3)
    >>> table = shot_table(
    ...     [0.5, 2.5], {"model": [0.5, 2.0]}, ["many", "few"], bins
    ... )
    >>> table.rows["model"]["mae"]["few"]
    0.5
    >>> print(table.to_text(metrics=("mae",)))
    samples        2       1       0       1
    <BLANKLINE>
    mae          All    Many    Med.     Few
    model      0.250   0.000       -   0.500
    """
    y_true = check_labels("y_true", y_true)
    shots = _check_shot_names(shots, y_true)
    if not isinstance(predictions, dict):
        raise ValueError(
            "`predictions` must be a dict of predictions by name. "
            f"Received: {type(predictions).__name__}"
        )
    bins = check_groups(bins, "bins")
    checked = {}
    for name, values in predictions.items():
        checked[name] = check_numbers("predictions", values).reshape(-1)
        check_rows("predictions", checked[name], y_true)
    functions = _metric_functions(bins, epsilon, train_labels)
    counts, rows = shot_rows(y_true, checked, shots, functions)
    return ShotTable(counts, rows, extras or {}, own, thresholds)


def _check_shot_names(shots: ArrayLike, y_true: np.ndarray) -> np.ndarray:
    names = np.asarray(shots)
    unknown = sorted(set(names.reshape(-1).tolist()) - set(SHOTS))
    if unknown or names.shape != y_true.shape:
        raise ValueError(
            f"`shots` must hold one of {list(SHOTS)} for each label in "
            f"`y_true`. Received: shape {names.shape}, with {unknown[:5]}"
        )
    return names


def _metric_functions(
    bins: LabelGroups, epsilon: float, train_labels: ArrayLike | None
) -> dict[str, Function]:
    functions: dict[str, Function] = {
        "mae": errors.mean_absolute_error,
        "mse": errors.mean_squared_error,
        "geometric_mean": lambda y, p: errors.geometric_mean(y, p, epsilon),
        "balanced_mae": lambda y, p: errors.balanced_mean_absolute_error(
            y, p, bins
        ),
        "pearson": errors.pearson_correlation,
        "ccc": errors.concordance_correlation,
    }
    if train_labels is not None:
        train = check_labels("train_labels", train_labels)
        points = box_plot_points(train)
        functions["balanced_mase"] = lambda y, p: (
            errors.balanced_mean_absolute_scaled_error(y, p, train, bins)
        )
        functions["sera"] = lambda y, p: (
            errors.squared_error_relevance_area(y, p, points)
            if points[:, 1].any()
            else float("nan")
        )
    return functions


def _line(width: int, name: str, cells: list[Any]) -> str:
    return name.ljust(width) + " ".join(_cell(cell).rjust(7) for cell in cells)


def _cell(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    if np.isnan(value):
        return "-"
    # Four figures or so: prices in hundreds, similarity scores in hundredths.
    size = abs(value)
    if 0 < size < 0.0005:
        return f"{value:.1e}"
    return f"{value:.{0 if size >= 1000 else 1 if size >= 100 else 3}f}"
