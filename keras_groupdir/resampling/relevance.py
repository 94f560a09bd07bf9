"""How much a label matters, by how far out it lies."""

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_numbers
from keras_groupdir.checks import check_positive
from keras_groupdir.types import ArrayLike


def box_plot_points(labels: ArrayLike, coef: float = 1.5) -> np.ndarray:
    """Control points that make what lies outside a box plot relevant.

    The median has relevance 0, and the whisker on a side with labels beyond it
    has relevance 1; on a side without, the outermost label has 0. A whisker
    reaches to the last label within `coef` interquartile ranges of the box.
    Where it ends at the median itself, because most labels are the same, the
    next label out takes its place.

    Args:
        labels: Training labels. Shape `(n,)` or `(n, 1)`.
        coef: Positive reach of the whiskers. Defaults to `1.5`.

    Returns:
        Rising labels and their relevance. Shape `(points, 2)`.

    Examples:

    >>> box_plot_points([1, 2, 3, 4, 5, 30]).tolist()
    [[1.0, 0.0], [3.5, 0.0], [5.0, 1.0]]

    Reference:
    - Ribeiro, Utility-based regression, PhD thesis, University of Porto, 2011.
    """
    labels = check_labels("labels", labels)
    coef = check_positive("coef", coef)
    median = float(np.median(labels))
    high = _side(labels, median, coef)
    # The lower side is the upper one of the labels turned around.
    low = [(-label, value) for label, value in _side(-labels, -median, coef)]
    return np.array([*low, (median, 0.0), *high])


def _side(
    labels: np.ndarray, median: float, coef: float
) -> list[tuple[float, float]]:
    """The control point above the median, if a label lies there."""
    lower, upper = np.quantile(labels, [0.25, 0.75])
    inside = labels <= upper + coef * (upper - lower)
    whisker, outermost = labels[inside].max(), labels.max()
    if outermost > whisker:
        if whisker <= median:
            whisker = labels[~inside].min()
        return [(float(whisker), 1.0)]
    return [(float(outermost), 0.0)] if outermost > median else []


def relevance(labels: ArrayLike, control_points: ArrayLike) -> np.ndarray:
    """Relevance of labels, from 0 to 1, by monotone cubic interpolation.

    Between two control points `(y_k, r_k)` runs the cubic with their values and
    the gradients of Fritsch and Butland, which never overshoots: with steps
    `h_k = y_(k+1) - y_k` and secants `d_k = (r_(k+1) - r_k) / h_k`,

    ```
    gradient_k = 0, where d_(k-1) and d_k differ in sign or one is 0
    gradient_k = (w + v) / (w / d_(k-1) + v / d_k), else, where
              w = 2 h_k + h_(k-1) and v = h_k + 2 h_(k-1)
    ```

    It is flat at the outermost points, and constant beyond them.

    Args:
        labels: Labels. Shape `(n,)` or `(n, 1)`.
        control_points: Rising labels and their relevance, from 0 to 1, such as
            `box_plot_points`. Shape `(points, 2)`.

    Returns:
        Relevance. Shape `(n,)`.

    Examples:

    >>> points = [(0, 0), (10, 1)]
    >>> relevance([-3, 0, 2.5, 5, 10, 99], points).round(3).tolist()
    [0.0, 0.0, 0.156, 0.5, 1.0, 1.0]

    Reference:
    - Fritsch and Butland, A method for constructing local monotone piecewise
      cubic interpolants, 1984.
    """
    labels = check_labels("labels", labels)
    at, values = _check_points(control_points).T
    labels = np.clip(labels, at[0], at[-1])
    if len(at) == 1:
        return np.full(len(labels), values[0])
    steps = np.diff(at)
    gradients = _slopes(steps, np.diff(values) / steps)
    left = np.clip(np.searchsorted(at, labels, "right") - 1, 0, len(steps) - 1)
    share = (labels - at[left]) / steps[left]
    rise = share**2 * (3 - 2 * share)
    bend = gradients[left] * share * (1 - share) ** 2
    bend -= gradients[left + 1] * share**2 * (1 - share)
    between = (1 - rise) * values[left] + rise * values[left + 1]
    return np.clip(between + steps[left] * bend, 0, 1)


def _slopes(steps: np.ndarray, secants: np.ndarray) -> np.ndarray:
    before, after = secants[:-1], secants[1:]
    same_way = before * after > 0
    w = 2 * steps[1:] + steps[:-1]
    v = steps[1:] + 2 * steps[:-1]
    inverse = w / np.where(same_way, before, 1) + v / np.where(
        same_way, after, 1
    )
    return np.pad(np.where(same_way, (w + v) / inverse, 0.0), 1)


def _check_points(control_points: ArrayLike) -> np.ndarray:
    points = check_numbers("control_points", control_points)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(
            "`control_points` must be pairs of a label and its relevance. "
            f"Received: shape {points.shape}"
        )
    labels, values = points.T
    rising = np.all(np.diff(labels) > 0)
    if not (np.isfinite(points).all() and rising):
        raise ValueError(
            "`control_points` must have finite, rising labels. "
            f"Received: {labels.tolist()}"
        )
    if np.any((values < 0) | (values > 1)):
        raise ValueError(
            "`control_points` must have relevances from 0 to 1. "
            f"Received: {values.tolist()}"
        )
    return points
