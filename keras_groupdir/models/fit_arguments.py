"""Labels as `fit` and `evaluate` take them."""

import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_rows
from keras_groupdir.labels.check_inside import check_inside

PREDICTION = "prediction"


def fit_arguments(
    method: Callable[..., Any],
    label_range: tuple[float, float] | None,
    *args: Any,
    **kwargs: Any,
) -> dict[str, Any]:
    """Arguments of a call by name, with labels that have been checked.

    Args:
        method: `fit` or `evaluate` of `keras.Model`.
        label_range: What training labels should lie in, if anything.
        *args: Of the call.
        **kwargs: Of the call.
    """
    given = inspect.signature(method).bind(*args, **kwargs).arguments
    given |= given.pop("kwargs", {})
    if given.get("class_weight") is not None:
        raise ValueError(
            "`class_weight` is for classes, and would go by whole labels. Give "
            "`sample_weight`, a weight per sample, for example "
            "labels.histogram_weights(y, LabelGroups.histogram(y)). Received: "
            f"class_weight={given['class_weight']!r}"
        )
    if given.get("y") is not None:
        given["y"] = _checked("y", given["y"], given.get("x"))
        if given.get("sample_weight") is not None:
            given["sample_weight"] = _checked_weights(
                "sample_weight", given["sample_weight"], given["y"]
            )
        if label_range is not None:
            check_inside("y", given["y"], label_range)
    validation = given.get("validation_data")
    if isinstance(validation, list | tuple):
        if len(validation) not in (2, 3):
            raise ValueError(
                "`validation_data` must be (x, y), (x, y, sample_weight) or a "
                f"data set. Received: {len(validation)} parts"
            )
        inputs, labels, *weights = validation
        labels = _checked("validation_data[1]", labels, inputs)
        weights = [
            _checked_weights("validation_data[2]", weight, labels)
            for weight in weights
            if weight is not None
        ]
        given["validation_data"] = (inputs, labels, *weights)
    return given


def plain_labels(y: Any) -> Any:
    """Labels that may come by the name of the output, `{"prediction": y}`."""
    if not isinstance(y, dict):
        return y
    if set(y) != {PREDICTION}:
        raise ValueError(
            "`y` must be the plain labels, which go to every output, or "
            f"{{'{PREDICTION}': labels}}. Received: a dict of {sorted(y)}"
        )
    return y[PREDICTION]


def _checked(name: str, y: Any, x: Any) -> np.ndarray:
    """Finite labels, float32: what has passed the check is trained on."""
    values = plain_labels(y)
    shape = tuple(getattr(values, "shape", ()))
    if len(shape) == 2 and shape[1] > 1:
        raise ValueError(
            f"`{name}` must have shape (n,) or (n, 1). Received: shape "
            f"{shape}; models.MultiTargetRegressor is for several "
            "targets"
        )
    labels = check_labels(name, values)
    check_rows(name, labels, x)
    return labels.astype(keras.config.floatx())


def _checked_weights(name: str, weights: Any, labels: np.ndarray) -> Any:
    """Weights of samples, or of those by output, float32: none negative."""
    if isinstance(weights, dict):
        return {
            output: None if one is None else _checked_weights(name, one, labels)
            for output, one in weights.items()
        }
    array = check_counts(name, weights)
    check_rows(name, array, labels)
    return array.astype(keras.config.floatx())
