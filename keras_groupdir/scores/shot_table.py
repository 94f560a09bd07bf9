"""The paper's table: errors overall and per shot, a row for each routing."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_numbers
from keras_groupdir.checks import check_rows
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.groups import check_groups
from keras_groupdir.labels.label_shots import SHOTS
from keras_groupdir.scores import errors
from keras_groupdir.types import ArrayLike

SUBSETS = ("all", *SHOTS)
_HEADINGS = {"all": "All", "many": "Many", "median": "Med.", "few": "Few"}
_METRICS = ("mae", "mse", "geometric_mean", "balanced_mae", "pearson")


@dataclass(frozen=True)
class ShotTable:
    """Errors of several predictions of the same samples.

    Attributes:
        counts: Samples in each subset: all, many, median, few.
        rows: Errors as `rows[prediction][metric][subset]`.
        extras: Numbers about the group classifier, if there is one.
        own: Which row is the model's own prediction.

    `str(table)` is the table as text; a subset without samples shows `-`.
    """

    counts: dict[str, int]
    rows: dict[str, dict[str, dict[str, float]]]
    extras: dict[str, float] = field(default_factory=dict)
    own: str = "model"

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts and numbers, ready for JSON.

        What has no value, in a subset without samples, say, is `None`: JSON
        has no NaN.
        """
        rows = {
            name: {
                metric: {k: None if np.isnan(v) else v for k, v in row.items()}
                for metric, row in metrics.items()
            }
            for name, metrics in self.rows.items()
        }
        return {"counts": self.counts, "rows": rows, **self.extras}

    def to_text(self, metrics: tuple[str, ...] = _METRICS) -> str:
        """The table as text.

        Args:
            metrics: Which metrics to print. Defaults to all of them.
        """
        width = max(len(name) for name in ("samples", *metrics, *self.rows)) + 2
        lines = [_line(width, "samples", list(self.counts.values()))]
        for metric in metrics:
            lines += ["", _line(width, metric, list(_HEADINGS.values()))]
            lines += [
                _line(width, name, list(row[metric].values()))
                for name, row in self.rows.items()
            ]
        if self.extras:
            lines.append("")
        lines += [
            f"{name.replace('_', ' ')}: {value:.3f}"
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
) -> ShotTable:
    """Compares predictions overall and per shot.

    Errors are averaged over the samples of a subset, not over its labels;
    `balanced_mae` averages over the bins.

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
    check_groups(bins, "bins")
    masks = {"all": np.ones(len(y_true), dtype=bool)}
    masks.update({name: shots == name for name in SHOTS})
    functions = _metric_functions(bins, epsilon)
    rows = {}
    for name, values in predictions.items():
        y_pred = check_numbers("predictions", values).reshape(-1)
        check_rows("predictions", y_pred, y_true)
        rows[name] = {
            metric: {
                subset: function(y_true[mask], y_pred[mask])
                for subset, mask in masks.items()
            }
            for metric, function in functions.items()
        }
    counts = {subset: int(mask.sum()) for subset, mask in masks.items()}
    return ShotTable(counts, rows, extras or {}, own)


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
    bins: LabelGroups, epsilon: float
) -> dict[str, Callable[[np.ndarray, np.ndarray], float]]:
    return {
        "mae": errors.mean_absolute_error,
        "mse": errors.mean_squared_error,
        "geometric_mean": lambda y, p: errors.geometric_mean(y, p, epsilon),
        "balanced_mae": lambda y, p: errors.balanced_mean_absolute_error(
            y, p, bins
        ),
        "pearson": errors.pearson_correlation,
    }


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
