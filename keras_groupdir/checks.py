"""Checks of user input that several rooms need.

Each raises `ValueError` naming the argument, what came and what was expected.
"""

import math
from collections.abc import Collection
from typing import Any

import numpy as np
from keras import ops

from keras_groupdir.types import ArrayLike

__all__ = ["check_choice", "check_labels", "check_positive", "check_whole"]


def check_positive(name: str, value: Any) -> float:
    """Returns `value` as a float if it is a positive, finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ValueError(
            f"`{name}` must be a positive number. Received: {name}={value!r}"
        )
    return number


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
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise ValueError(
            f"`{name}` must be one of {listed}. Received: {name}={value!r}"
        )
    return str(value)


def check_labels(name: str, labels: ArrayLike) -> np.ndarray:
    """Returns finite labels of shape `(n,)` or `(n, 1)` as float64 `(n,)`."""
    if isinstance(labels, list | tuple):
        labels = _as_array(name, labels)
    if not isinstance(labels, np.ndarray):
        labels = ops.convert_to_numpy(labels)
    if labels.dtype.kind in "mMc" or np.ma.is_masked(labels):
        kind = "masked values" if np.ma.is_masked(labels) else labels.dtype
        raise ValueError(
            f"`{name}` must hold real numbers, one for each sample. "
            f"Received: {kind}"
        )
    try:
        array = np.asarray(labels, dtype="float64")
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`{name}` must hold numbers. Received an array of type "
            f"{labels.dtype}."
        ) from error
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != 1):
        raise ValueError(
            f"`{name}` must have shape (n,) or (n, 1). "
            f"Received: shape {array.shape}"
        )
    if array.size == 0:
        raise ValueError(f"`{name}` must not be empty.")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise ValueError(
            f"`{name}` must be finite. Received {bad.size} NaN or infinite "
            f"values, the first at index {bad[0]}."
        )
    return array.reshape(-1)


def _as_array(name: str, labels: ArrayLike) -> np.ndarray:
    try:
        return np.asarray(labels)
    except ValueError as error:
        raise ValueError(
            f"`{name}` must hold one number per sample. Received a list with "
            "parts of different lengths."
        ) from error
