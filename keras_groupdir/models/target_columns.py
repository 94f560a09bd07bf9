"""Labels of several targets, as `fit` and `evaluate` take them."""

import inspect
import re
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

from keras_groupdir.checks import check_numbers
from keras_groupdir.models.fit_arguments import fit_arguments
from keras_groupdir.models.fit_arguments import plain_labels
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor

PREDICTION = "prediction"


def check_names(names: Sequence[str] | None, size: int) -> list[str]:
    """Names of targets, as many as there are, which layers can have too."""
    if names is None:
        return [f"target_{place}" for place in range(size)]
    found = [str(name) for name in names]
    if (
        len(found) != size
        or len(set(found)) != size
        or any(not name or "/" in name for name in found)
    ):
        raise ValueError(
            f"`names` must be {size} different names without a slash. "
            f"Received: names={found}"
        )
    return found


def head_names(targets: Sequence[str]) -> dict[str, str]:
    """Names of layers for targets; backends do not take all that users do."""
    found: dict[str, str] = {}
    for target in targets:
        name = "head_" + re.sub(r"[^A-Za-z0-9_-]", "_", target)
        while name in found.values():
            name += "_1"
        found[target] = name
    return found


def in_order(name: str, labels: Any, targets: Sequence[str]) -> Any:
    """A data frame with the columns of the targets in their order.

    If it knows none of their names, or is no data frame, columns are taken as
    they come.

    Args:
        name: The argument, for messages.
        labels: What was given for it.
        targets: Names of the targets.
    """
    columns = column_names(labels)
    if columns is None or columns == list(targets):
        return labels
    if not set(columns) & set(targets):
        return labels
    if sorted(columns) != sorted(targets):
        raise ValueError(
            f"`{name}` must have the columns {list(targets)}. "
            f"Received: columns {columns}"
        )
    return labels.iloc[:, [columns.index(target) for target in targets]]


def column_names(labels: Any) -> list[str] | None:
    """Those of a data frame, if it is one."""
    columns = getattr(labels, "columns", None)
    return None if columns is None else [str(name) for name in columns]


def columns_of(
    name: str, labels: ArrayLike, size: int | None = None
) -> list[np.ndarray]:
    """Labels of each target.

    Args:
        name: The argument, for messages.
        labels: Shape `(n, targets)`, or `(n,)` of one target.
        size: How many targets there are, if that is known.
    """
    array = check_numbers(name, labels)
    if array.ndim == 1 and size in (None, 1):
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] != (size or array.shape[1]):
        wanted = "targets" if size is None else size
        raise ValueError(
            f"`{name}` must have shape (n, {wanted}), a column for each "
            f"target. Received: shape {array.shape}"
        )
    return list(array.T)


def target_tensor(y: Any, size: int) -> Tensor:
    """Labels of a batch. Shape `(batch, size)`."""
    shape: tuple[Any, ...] = tuple(getattr(y, "shape", ()))
    if len(shape) == 1 and size == 1:
        return ops.expand_dims(y, -1)
    if len(shape) != 2 or shape[1] not in (size, None):
        raise ValueError(
            f"`y` must have shape (batch, {size}), a column for each target. "
            f"Received: shape {shape}"
        )
    return y


def target_arguments(
    method: Callable[..., Any],
    ranges: Sequence[tuple[float, float] | None],
    outputs: dict[str, list[str]],
    *args: Any,
    **kwargs: Any,
) -> dict[str, Any]:
    """As `fit_arguments`, of labels that are checked column by column.

    Args:
        method: `fit` or `evaluate` of `keras.Model`.
        ranges: What training labels of each target should lie in.
        outputs: Names of each target's outputs, by its name.
        *args: Of the call.
        **kwargs: Of the call.
    """
    given = inspect.signature(method).bind(*args, **kwargs).arguments
    given |= given.pop("kwargs", {})
    weights = given.get("sample_weight")
    if isinstance(weights, dict):
        given["sample_weight"] = {
            output: weight
            for name, weight in weights.items()
            for output in outputs.get(name, [name])
        }
    names = list(outputs)
    y = _columns("y", given.get("y"), names)
    held_out: Any = given.get("validation_data")
    if not isinstance(held_out, list | tuple) or len(held_out) < 2:
        held_out = None  # a data set, none, or refused in a moment
    y_held_out = _columns("validation_data[1]", held_out and held_out[1], names)
    parts = []
    for place, label_range in enumerate(ranges):
        own = dict(given)
        if y is not None:
            own["y"] = y[place]
        if y_held_out is not None:
            inputs, _, *more = held_out
            own["validation_data"] = (inputs, y_held_out[place], *more)
        parts.append(fit_arguments(method, label_range, **own))
    checked = dict(parts[0])
    if y is not None:
        checked["y"] = np.stack([part["y"] for part in parts], axis=1)
    if y_held_out is not None:
        inputs, _, *more = checked["validation_data"]
        labels = [part["validation_data"][1] for part in parts]
        checked["validation_data"] = inputs, np.stack(labels, axis=1), *more
    return checked


def _columns(
    name: str, labels: Any, targets: list[str]
) -> list[np.ndarray] | None:
    labels = plain_labels(in_order(name, labels, targets))
    return None if labels is None else columns_of(name, labels, len(targets))
