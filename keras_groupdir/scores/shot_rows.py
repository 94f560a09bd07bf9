"""What functions make of predictions, overall and per shot."""

from collections.abc import Callable
from collections.abc import Mapping

import numpy as np

from keras_groupdir.labels.shot_thresholds import SHOTS

Function = Callable[[np.ndarray, np.ndarray], float]
Rows = dict[str, dict[str, dict[str, float]]]


def shot_rows(
    labels: np.ndarray,
    predictions: Mapping[str, np.ndarray],
    shots: np.ndarray,
    functions: Mapping[str, Function],
) -> tuple[dict[str, int], Rows]:
    """Samples in each subset, and `rows[prediction][metric][subset]`.

    Args:
        labels: Shape `(n,)`.
        predictions: By name, a row for each label.
        shots: `"many"`, `"median"` or `"few"` per label. Shape `(n,)`.
        functions: Of labels and predictions, by the name of the metric.
    """
    masks = {"all": np.ones(len(labels), dtype=bool)}
    masks.update({name: shots == name for name in SHOTS})
    rows = {
        name: {
            metric: {
                subset: function(labels[mask], values[mask])
                for subset, mask in masks.items()
            }
            for metric, function in functions.items()
        }
        for name, values in predictions.items()
    }
    return {subset: int(mask.sum()) for subset, mask in masks.items()}, rows
