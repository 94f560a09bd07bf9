"""Errors of finished predictions, in NumPy float64.

All take labels and predictions of shape `(n,)` or `(n, 1)`, and give NaN for
no samples at all.
"""

import numpy as np

from keras_groupdir._numerics import check_flat
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_numbers
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.groups import check_groups
from keras_groupdir.types import ArrayLike


def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Mean absolute error: `mean(|y_true - y_pred|)`, in label units."""
    return _mean(np.abs(_errors(y_true, y_pred)))


def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Mean squared error: `mean((y_true - y_pred)**2)`."""
    return _mean(np.square(_errors(y_true, y_pred)))


def geometric_mean(
    y_true: ArrayLike, y_pred: ArrayLike, epsilon: float = 0.0
) -> float:
    """Geometric mean of absolute errors: `exp(mean(log |y_true - y_pred|))`.

    Args:
        y_true: Labels.
        y_pred: Predictions.
        epsilon: Stands in for errors of exactly 0. With the default `0.0`, as
            in the ages benchmarks, one exact hit makes the result 0; the
            STS-B-DIR benchmark uses `1e-10`.

    Examples:

    >>> round(geometric_mean([0.0, 0.0], [1.0, 4.0]), 6)
    2.0
    """
    epsilon = check_not_negative("epsilon", epsilon)
    sizes = np.abs(_errors(y_true, y_pred))
    sizes = np.where(sizes == 0, epsilon, sizes)
    with np.errstate(divide="ignore"):
        return float(np.exp(_mean(np.log(sizes))))


def balanced_mean_absolute_error(
    y_true: ArrayLike, y_pred: ArrayLike, bins: LabelGroups | None = None
) -> float:
    """Mean over distinct labels of the mean absolute error at the label.

    Args:
        y_true: Labels.
        y_pred: Predictions.
        bins: For continuous labels: bins that count as one label each.

    Examples:

    >>> balanced_mean_absolute_error([1, 1, 1, 2], [2, 2, 2, 5])
    2.0

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427), bMAE.
    """
    sizes = np.abs(_errors(y_true, y_pred))
    if not len(sizes):
        return float("nan")
    labels = np.asarray(y_true).reshape(-1)
    keys = labels if bins is None else check_groups(bins, "bins").assign(labels)
    _, index = np.unique(keys, return_inverse=True)
    return float((np.bincount(index, sizes) / np.bincount(index)).mean())


def pearson_correlation(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Pearson correlation; NaN where one side does not vary.

    Examples:

    >>> round(pearson_correlation([1, 2, 3], [10, 20, 30]), 6)
    1.0
    """
    true, pred = _columns(y_true, y_pred)
    if len(true) < 2 or np.ptp(true) == 0 or np.ptp(pred) == 0:
        return float("nan")
    return float(np.corrcoef(true, pred)[0, 1])


def _errors(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    true, pred = _columns(y_true, y_pred)
    return true - pred


def _columns(
    y_true: ArrayLike, y_pred: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Both as float64, with one number for each sample."""
    columns = []
    for name, values in (("y_true", y_true), ("y_pred", y_pred)):
        numbers = check_numbers(name, values)
        check_flat(name, numbers)
        columns.append(numbers.reshape(-1))
    true, pred = columns
    if true.shape != pred.shape:
        raise ValueError(
            "`y_true` and `y_pred` must have one value per sample. Received: "
            f"{len(true)} labels, {len(pred)} predictions"
        )
    return true, pred


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
