"""Errors of finished predictions, in NumPy float64.

All take labels and predictions of shape `(n,)` or `(n, 1)`, and give NaN for
no samples at all.
"""

import numpy as np

from keras_groupdir._numerics import check_flat
from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_numbers
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.resampling import relevance
from keras_groupdir.types import ArrayLike


def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Mean absolute error: `mean(|y_true - y_pred|)`, in label units."""
    return mean_or_nan(np.abs(_errors(y_true, y_pred)))


def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Mean squared error: `mean((y_true - y_pred)**2)`."""
    return mean_or_nan(np.square(_errors(y_true, y_pred)))


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
        return float(np.exp(mean_or_nan(np.log(sizes))))


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


def balanced_mean_absolute_scaled_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups | None = None,
) -> float:
    """Balanced error as a multiple of that of a constant (bMASE).

    ```
    balanced_mae(y_true, y_pred) / balanced_mae(y_true, median(train_labels))
    ```

    Below 1, a model is better on the average label than the best constant
    guess that training allows; being free of the unit, it compares data sets.
    NaN where the constant makes no error at all.

    Args:
        y_true: Labels.
        y_pred: Predictions.
        train_labels: Training labels, of which the constant is the median.
            Shape `(m,)` or `(m, 1)`.
        bins: For continuous labels: bins that count as one label each.

    Examples:

    >>> balanced_mean_absolute_scaled_error([1, 1, 5], [2, 2, 3], [1, 1, 2, 9])
    0.75

    Reference:
    - [Puetz et al., 2026](https://arxiv.org/abs/2609.25152)
    """
    median = np.median(check_labels("train_labels", train_labels))
    error = balanced_mean_absolute_error(y_true, y_pred, bins)
    constant = np.full(np.shape(y_true), median)
    scale = balanced_mean_absolute_error(y_true, constant, bins)
    return error / scale if scale else float("nan")


def squared_error_relevance_area(
    y_true: ArrayLike, y_pred: ArrayLike, control_points: ArrayLike
) -> float:
    """Squared error-relevance area (SERA) per sample, in squared units.

    Published as the integral over `t` of the squared errors of the samples
    whose relevance `r(y)`, see `resampling.relevance`, is at least `t`. That
    is a step function of `t`, whose integral is a sum, taken here exactly and
    not by the trapezoids of published code:

    ```
    integral_0^1 sum_(i: r(y_i) >= t) (y_i - p_i)**2 dt
        = sum_i r(y_i) (y_i - p_i)**2
    ```

    This is the mean in place of the sum, so that sets of other sizes compare:
    times the number of samples, it is what was published. Where no label is
    relevant, it is 0 for every prediction.

    Args:
        y_true: Labels.
        y_pred: Predictions.
        control_points: Labels and their relevance, such as
            `resampling.box_plot_points` of the training labels. Shape
            `(points, 2)`.

    Examples:

    >>> points = [(0, 0), (10, 1)]
    >>> squared_error_relevance_area([0, 5, 10], [3, 7, 9], points)
    1.0

    Reference:
    - [Ribeiro and Moniz, 2020](https://doi.org/10.1007/s10994-020-05900-9)
    """
    squares = np.square(_errors(y_true, y_pred))
    if not len(squares):
        return float("nan")
    return mean_or_nan(squares * relevance(y_true, control_points))


def concordance_correlation(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Lin's concordance correlation coefficient (CCC), from -1 to 1.

    How close predictions are to the labels themselves, where Pearson's
    correlation is 1 on any rising line; with moments over `n` as Lin has them,

    ```
    2 cov(y, p) / (var(y) + var(p) + (mean(y) - mean(p))**2)
    ```

    NaN where the labels do not vary: it would be 0 for every prediction.

    Examples:

    >>> round(concordance_correlation([1, 2, 3], [2, 3, 4]), 6)
    0.571429

    Reference:
    - [Lin, 1989](https://doi.org/10.2307/2532051)
    """
    true, pred = _columns(y_true, y_pred)
    if len(true) < 2 or np.ptp(true) == 0:
        return float("nan")
    # Squares of what is counted in other units could be no numbers: by the
    # largest of what is squared, none is above 1.
    gap = abs(true.mean() - pred.mean())
    unit = max(np.ptp(true), np.ptp(pred), gap)
    true, pred = true / unit, pred / unit
    gap = true.mean() - pred.mean()
    covariance = np.mean((true - true.mean()) * (pred - pred.mean()))
    return float(2 * covariance / (true.var() + pred.var() + gap**2))


def pearson_correlation(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Pearson correlation; NaN where one side does not vary.

    Examples:

    >>> round(pearson_correlation([1, 2, 3], [10, 20, 30]), 6)
    1.0
    """
    true, pred = _columns(y_true, y_pred)
    if len(true) < 2 or np.ptp(true) == 0 or np.ptp(pred) == 0:
        return float("nan")
    # Squares of what is counted in other units could be no numbers.
    true, pred = true / np.ptp(true), pred / np.ptp(pred)
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


def mean_or_nan(values: np.ndarray) -> float:
    """Mean of some values; NaN of none, without a warning."""
    return float(values.mean()) if len(values) else float("nan")
