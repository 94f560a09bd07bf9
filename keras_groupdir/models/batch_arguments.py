"""Labels and weights of a batch, for a model with several outputs."""

from typing import Any

from keras import ops

from keras_groupdir._numerics import check_flat
from keras_groupdir._numerics import static_shape
from keras_groupdir.models.compile_arguments import PREDICTION
from keras_groupdir.models.fit_arguments import plain_labels


def labels_of_all(y: Any, y_pred: dict[str, Any]) -> Any:
    """The labels of a batch for every output.

    Args:
        y: Labels of shape `(batch,)` or `(batch, 1)`; or by all outputs, as
            Keras hands on what it was given before.
        y_pred: Every output by name.
    """
    if y is None or (isinstance(y, dict) and set(y) == set(y_pred)):
        return y
    y = plain_labels(y)
    check_flat("y", y)
    # Of flat labels in one data set and a column in another.
    if static_shape(y) is None:
        y = ops.reshape(y, (ops.shape(y_pred[PREDICTION])[0], 1))
    return dict.fromkeys(y_pred, y)


def weights_of_all(value: Any, y_pred: dict[str, Any]) -> Any:
    """The weights of a batch for every output.

    Args:
        value: Weights, like labels; or by outputs, where what is left out
            or `None`, weighs 1.
        y_pred: Every output by name.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        return dict.fromkeys(y_pred, value)
    unknown = sorted(set(value) - set(y_pred))
    if unknown or not value:
        raise ValueError(
            "`sample_weight` must go by the names of outputs, which are "
            f"{sorted(y_pred)}. Received: {sorted(value)}"
        )
    value = {name: own for name, own in value.items() if own is not None}
    if not value:
        return None
    one = ops.ones_like(next(iter(value.values())))
    return {**dict.fromkeys(y_pred, one), **value}
