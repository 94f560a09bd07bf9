"""One call that gives the paper's table for a trained model."""

from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels import LabelGroups
from keras_groupdir.labels.shot_bins import ShotBins
from keras_groupdir.scores.check_order import check_order
from keras_groupdir.scores.predicted_rows import PredictedRows
from keras_groupdir.scores.shot_table import ShotTable
from keras_groupdir.scores.shot_table import shot_table
from keras_groupdir.types import ArrayLike


def evaluate_shots(
    model: keras.Model,
    x: Any,
    y: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups | None = None,
    many_above: float | None = None,
    few_below: float | None = None,
    epsilon: float = 0.0,
    relative_shots: bool = False,
    **kwargs: Any,
) -> ShotTable:
    """Errors overall and for many-, median- and few-shot labels.

    A `GroupRegressor` gets a row for each routing, `"hard"`, `"soft"`,
    `"mixture"` and `"oracle"` (the expert of the TRUE group: what a perfect
    group classifier would reach, not a result), with the accuracy and the mean
    distance of its groups. One with group weights also gets a row
    `"balanced"`, its own prediction; the other rows are without the weights.
    Any other model that predicts one number per sample gets one row,
    `"model"`.

    Args:
        model: Trained Keras model. A method `predict_rows`, such as that of
            `models.LabelModel`, says what its rows are.
        x: Inputs, as for `predict`; a data set must keep its order, in which
            its first batch is compared with `y`.
        y: Labels of `x`. Shape `(n,)` or `(n, 1)`.
        train_labels: Training labels, which make a label common or rare.
        bins: Bins of the label histogram. Defaults to
            `LabelGroups.histogram(train_labels)`.
        many_above: See `labels.label_shots`. Defaults to `100`, or to `1.0` if
            relative.
        few_below: See `labels.label_shots`. Defaults to `20`, or to `0.2` if
            relative.
        epsilon: See `scores.geometric_mean`. Defaults to `0.0`.
        relative_shots: See `labels.label_shots`. Defaults to `False`.
        **kwargs: As for `keras.Model.predict`.

    Returns:
        `ShotTable`: print it, or take `as_dict()`.

    Examples:

    >>> from keras_groupdir import GroupRegressor
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=10)
    >>> model = GroupRegressor(encoder, groups)
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> table = evaluate_shots(model, x, y, train_labels=y, verbose=0)
    >>> list(table.rows)
    ['hard', 'soft', 'mixture', 'oracle']
    >>> table.counts
    {'all': 6, 'many': 0, 'median': 0, 'few': 6}
    """
    labels = check_labels("y", y)
    counted = ShotBins.of(
        train_labels, bins, many_above, few_below, relative_shots
    )
    check_order(x, labels)
    if hasattr(model, "predict_rows"):
        rows = model.predict_rows(x, labels, **kwargs)
    else:
        rows = plain_rows(model.predict(x, **kwargs), labels)
    return shot_table(
        labels,
        rows.predictions,
        counted.shots(labels),
        counted.bins,
        epsilon,
        rows.extras,
        rows.own,
        counted.train_labels,
        counted.thresholds,
    )


def plain_rows(predictions: np.ndarray, labels: np.ndarray) -> PredictedRows:
    """One row, of predictions that there must be one of for each label."""
    check_length(predictions, labels)
    return PredictedRows("model", {"model": predictions.reshape(-1)})


def check_length(predictions: np.ndarray, labels: np.ndarray) -> None:
    """Refuses predictions that are not one number for each label."""
    if np.shape(predictions) not in ((len(labels),), (len(labels), 1)):
        raise ValueError(
            "`model` must predict one number for each label in `y`. Received: "
            f"{len(labels)} labels, predictions of shape "
            f"{np.shape(predictions)}"
        )
