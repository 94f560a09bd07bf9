"""Labels as `fit` and `evaluate` take them."""

import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.groups import check_inside

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
        given["y"] = _checked("y", given["y"])
        if label_range is not None:
            check_inside("y", given["y"], label_range)
    validation = given.get("validation_data")
    if isinstance(validation, list | tuple) and len(validation) > 1:
        inputs, labels, *weights = validation
        labels = _checked("validation_data[1]", labels)
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


def check_label_shape(y: Any) -> None:
    """Refuses labels of a batch that are not one number per sample."""
    shape = getattr(y, "shape", None)
    if shape is None or len(shape) in (0, 1):
        return
    if len(shape) != 2 or shape[1] not in (1, None):
        raise ValueError(
            "`y` must have shape (n,) or (n, 1). "
            f"Received: shape {tuple(shape)}"
        )


def _checked(name: str, y: Any) -> np.ndarray:
    """Finite labels, float32: what has passed the check is trained on."""
    return check_labels(name, plain_labels(y)).astype(keras.config.floatx())
