"""The rows that Group-DIR has in a shot table."""

import numpy as np
from keras import ops

from keras_groupdir.layers import RoutedExperts
from keras_groupdir.layers import route
from keras_groupdir.layers.routing import ROUTINGS
from keras_groupdir.scores.evaluate_shots import check_length
from keras_groupdir.scores.predicted_rows import PredictedRows

ORACLE = "oracle"
BALANCED = "balanced"


def group_rows(
    head: RoutedExperts, outputs: dict[str, np.ndarray], labels: np.ndarray
) -> PredictedRows:
    """A row for each routing, the oracle, and one that is corrected.

    Args:
        head: What the outputs are of.
        outputs: Of a `GroupRegressor`, by name.
        labels: True labels, for the oracle. Shape `(n,)`.
    """
    check_length(outputs["prediction"], labels)
    logits, values = outputs["group_logits"], outputs["expert_values"]
    rows = {
        routing: ops.convert_to_numpy(
            route(logits, values, routing, head.beta)
        ).reshape(-1)
        for routing in ROUTINGS
    }
    own = head.routing
    if head.group_weights is not None or head.temperature != 1:
        own = BALANCED
        rows[own] = outputs["prediction"].reshape(-1)
    true_ids = head.groups.assign(labels)
    rows[ORACLE] = values[np.arange(len(values)), true_ids]
    distance = np.abs(logits.argmax(-1) - true_ids).astype("float64")
    # A row without numbers is of no group, and that of none is the truth.
    distance[np.isnan(logits).any(axis=-1)] = np.nan
    right = np.where(np.isnan(distance), np.nan, distance == 0)
    extras = {
        "group_accuracy": float(right.mean()),
        "mean_group_distance": float(distance.mean()),
    }
    return PredictedRows(own, rows, extras)
