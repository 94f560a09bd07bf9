"""Checks of user input that several rooms need.

Each raises `ValueError` naming the argument, what came and what was expected.
"""

import math
from collections.abc import Collection
from numbers import Number
from typing import Any

import numpy as np
from keras import ops
from keras import tree

from keras_groupdir.types import ArrayLike

__all__ = [
    "check_choice",
    "check_clip",
    "check_counts",
    "check_labels",
    "check_not_negative",
    "check_number",
    "check_numbers",
    "check_positive",
    "check_quantiles",
    "check_range",
    "check_rows",
    "check_whole",
]


def check_number(name: str, value: Any, kind: str = "finite") -> float:
    """Returns `value` as a float if it is a finite number."""
    try:
        # "5" and True are no numbers, though Python makes some of them.
        is_other = isinstance(value, str | bytes | bool | np.bool_)
        number = math.nan if is_other else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(
            f"`{name}` must be a {kind} number. Received: {name}={value!r}"
        )
    return number


def check_positive(name: str, value: Any) -> float:
    """Returns `value` as a float if it is a positive, finite number."""
    number = check_number(name, value, "positive")
    if number <= 0:
        raise ValueError(
            f"`{name}` must be a positive number. Received: {name}={value!r}"
        )
    return number


def check_not_negative(name: str, value: Any) -> float:
    """Returns `value` as a float if it is finite and at least 0."""
    number = check_number(name, value)
    if number < 0:
        raise ValueError(
            f"`{name}` must be at least 0. Received: {name}={value!r}"
        )
    return number


def check_quantiles(name: str, levels: Any) -> tuple[float, ...]:
    """Returns levels of quantiles as floats if they rise inside of 0 to 1."""
    array = check_labels(name, levels)
    if array.min() <= 0 or array.max() >= 1 or np.any(np.diff(array) <= 0):
        raise ValueError(
            f"`{name}` must rise, between 0 and 1. "
            f"Received: {name}={array.tolist()}"
        )
    return tuple(array.tolist())


def check_range(low: Any, high: Any) -> tuple[float, float]:
    """Returns both ends as floats if they are finite and rise."""
    ends = check_number("low", low), check_number("high", high)
    if not ends[0] < ends[1]:
        raise ValueError(
            f"`low` must be below `high`. Received: low={low}, high={high}"
        )
    return ends


def check_clip(name: str, clip: Any) -> tuple[float, float]:
    """Returns the two ends of a clip as floats, positive and not falling."""
    if not isinstance(clip, list | tuple) or len(clip) != 2:
        raise ValueError(
            f"`{name}` must be the smallest and the largest value. "
            f"Received: {name}={clip!r}"
        )
    low, high = (check_positive(name, end) for end in clip)
    if low > high:
        raise ValueError(
            f"`{name}` must not fall. Received: {name}=({low:g}, {high:g})"
        )
    return low, high


def check_whole(name: str, value: Any, at_least: int) -> int:
    """Returns `value` as an int if it is whole and not below `at_least`."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(
        value, bool
    )
    if not is_whole or value < at_least:
        raise ValueError(
            f"`{name}` must be a whole number of at least {at_least}. "
            f"Received: {name}={value!r}"
        )
    return int(value)


def check_choice(name: str, value: Any, choices: Collection[str]) -> str:
    """Returns `value` if it is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise ValueError(
            f"`{name}` must be one of {listed}. Received: {name}={value!r}"
        )
    return str(value)


def check_numbers(name: str, values: ArrayLike) -> np.ndarray:
    """Returns real numbers, of any shape and size, as float64."""
    if isinstance(values, list | tuple):
        values = _as_array(name, values)
    if not isinstance(values, np.ndarray):
        values = ops.convert_to_numpy(values)
    if values.dtype.kind in "mMc" or np.ma.is_masked(values):
        kind = "masked values" if np.ma.is_masked(values) else values.dtype
        raise ValueError(
            f"`{name}` must hold real numbers, one for each sample. "
            f"Received: {kind}"
        )
    try:
        return np.asarray(values, dtype="float64")
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`{name}` must hold numbers. Received an array of type "
            f"{values.dtype}."
        ) from error


def check_labels(name: str, labels: ArrayLike) -> np.ndarray:
    """Returns finite labels of shape `(n,)` or `(n, 1)` as float64 `(n,)`."""
    array = check_numbers(name, labels)
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != 1):
        raise ValueError(
            f"`{name}` must have shape (n,) or (n, 1). "
            f"Received: shape {array.shape}"
        )
    if array.size == 0:
        raise ValueError(f"`{name}` must not be empty.")
    # As they are computed with: float32 has no number above 3.4e38.
    bad = np.flatnonzero(~(np.abs(array) <= np.finfo("float32").max))
    if bad.size:
        raise ValueError(
            f"`{name}` must be finite. Received {bad.size} NaN or infinite "
            f"values, the first at index {bad[0]}."
        )
    return array.reshape(-1)


def check_counts(
    name: str,
    counts: ArrayLike,
    size: int | None = None,
    counted: str = "bins or groups",
) -> np.ndarray:
    """Returns counts, none negative, as float64.

    Args:
        name: The argument, for messages.
        counts: Shape `(bins,)`.
        size: How many there are, if that is known; not all may then be 0.
        counted: What there are so many of, for messages.
    """
    array = check_labels(name, counts)
    if size is not None and len(array) != size:
        raise ValueError(
            f"`{name}` must have one number for each of the {size} {counted}. "
            f"Received: {len(array)} numbers"
        )
    if array.min() < 0:
        bad = int(np.argmax(array < 0))
        raise ValueError(
            f"`{name}` must not be negative. "
            f"Received: {array[bad]:g} at index {bad}"
        )
    if size is not None and not array.any():
        raise ValueError(f"`{name}` must not be all 0. Received: only 0")
    return array


def check_rows(name: str, values: ArrayLike, x: Any, inputs: str = "x") -> None:
    """Refuses values that are not one for each sample of inputs `x`.

    Args:
        name: The argument of the values, for messages.
        values: Shape `(n,)`.
        x: Arrays with a row for each sample, as Keras takes them.
        inputs: The argument of `x`, for messages.
    """
    parts = tree.flatten(x)
    if any(isinstance(one, Number) or _shape(one) == () for one in parts):
        raise ValueError(
            f"`{inputs}` must hold arrays with a row for each sample. "
            "Received: single numbers; numpy.asarray makes an array of lists"
        )
    sizes = {
        one.shape[0] if _shape(one) else len(one)
        for one in parts
        if _shape(one) or hasattr(one, "__len__")
    }
    if sizes - {len(values)}:
        raise ValueError(
            f"`{name}` must hold one number for each sample in `{inputs}`. "
            f"Received: {len(values)} numbers for {sorted(sizes)} samples"
        )


def _shape(values: Any) -> tuple[Any, ...] | None:
    shape = getattr(values, "shape", None)
    return None if shape is None else tuple(shape)


def check_some_rows(name: str, x: Any) -> None:
    """Refuses arrays and lists without a row: Keras predicts none."""
    parts = tree.flatten(x)
    is_empty = isinstance(x, list | tuple) and not parts
    if is_empty or any(
        tuple(getattr(p, "shape", ()))[:1] == (0,) for p in parts
    ):
        raise ValueError(
            f"`{name}` must hold at least one sample. Received: none"
        )


def _as_array(name: str, labels: ArrayLike) -> np.ndarray:
    try:
        return np.asarray(labels)
    except ValueError as error:
        raise ValueError(
            f"`{name}` must hold one number per sample. Received a list with "
            "parts of different lengths."
        ) from error
