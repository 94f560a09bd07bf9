"""One call that gives the paper's table for a trained model."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.checks import check_labels
from keras_groupdir.density import label_shots
from keras_groupdir.groups import LabelGroups
from keras_groupdir.layers.routing import ROUTINGS
from keras_groupdir.layers.routing import route
from keras_groupdir.metrics.shot_table import ShotTable
from keras_groupdir.metrics.shot_table import shot_table
from keras_groupdir.models import GroupRegressor
from keras_groupdir.types import ArrayLike

ORACLE = "oracle"
BALANCED = "balanced"


def evaluate_shots(
    model: keras.Model,
    x: Any,
    y: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups,
    many_above: int = 100,
    few_below: int = 20,
    epsilon: float = 0.0,
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
        model: Trained Keras model.
        x: Inputs, as for `predict`; a data set must keep its order.
        y: Labels of `x`. Shape `(n,)` or `(n, 1)`.
        train_labels: Training labels, which make a label common or rare.
        bins: Bins of the label histogram, from `density.label_bins`.
        many_above: See `density.label_shots`. Defaults to `100`.
        few_below: See `density.label_shots`. Defaults to `20`.
        epsilon: See `metrics.geometric_mean`. Defaults to `0.0`.
        **kwargs: As for `keras.Model.predict`.

    Returns:
        `ShotTable`: print it, or take `as_dict()`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=10)
    >>> model = GroupRegressor(encoder, groups)
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> bins = LabelGroups.equal_width(0, 5, num_groups=50)
    >>> table = evaluate_shots(model, x, y, y, bins, verbose=0)
    >>> list(table.rows)
    ['hard', 'soft', 'mixture', 'oracle']
    >>> table.counts
    {'all': 6, 'many': 0, 'median': 0, 'few': 6}
    """
    labels = check_labels("y", y)
    shots = label_shots(labels, train_labels, bins, many_above, few_below)
    extras: dict[str, float] = {}
    if isinstance(model, GroupRegressor):
        outputs = model.predict_outputs(x, **kwargs)
        _check_length(labels, outputs["prediction"])
        predictions = routed_predictions(model, outputs, labels)
        true_ids = model.groups.assign(labels)
        distance = np.abs(outputs["group_logits"].argmax(-1) - true_ids)
        extras["group_accuracy"] = float((distance == 0).mean())
        extras["mean_group_distance"] = float(distance.mean())
    else:
        predictions = {"model": model.predict(x, **kwargs)}
        _check_length(labels, predictions["model"])
    return shot_table(labels, predictions, shots, bins, epsilon, extras)


def routed_predictions(
    model: GroupRegressor, outputs: dict[str, np.ndarray], labels: np.ndarray
) -> dict[str, np.ndarray]:
    """Predictions by every routing, by the oracle, and with group weights.

    Args:
        model: The model that made the outputs.
        outputs: From `model.predict_outputs`.
        labels: True labels, for the oracle. Shape `(n,)`.

    Returns:
        Predictions by name. Each of shape `(n,)`.
    """
    logits, values = outputs["group_logits"], outputs["expert_values"]
    predictions = {
        routing: ops.convert_to_numpy(
            route(logits, values, routing, model.head.beta)
        ).reshape(-1)
        for routing in ROUTINGS
    }
    if model.head.group_weights is not None:
        predictions[BALANCED] = outputs["prediction"].reshape(-1)
    true_ids = model.groups.assign(labels)
    predictions[ORACLE] = values[np.arange(len(values)), true_ids]
    return predictions


def _check_length(labels: np.ndarray, predictions: np.ndarray) -> None:
    if np.shape(predictions) not in ((len(labels),), (len(labels), 1)):
        raise ValueError(
            "`model` must predict one number for each label in `y`. Received: "
            f"{len(labels)} labels, predictions of shape "
            f"{np.shape(predictions)}"
        )
