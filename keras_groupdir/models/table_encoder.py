"""An encoder of a table of numbers."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_numbers
from keras_groupdir.checks import check_whole
from keras_groupdir.models.check_spread import check_spread
from keras_groupdir.types import ArrayLike

# Standard deviations of columns that need another unit, and cannot have one:
# their squares are float32.
SMALL, SMALLEST = 1e-6, 1e-18


def table_encoder(
    x: ArrayLike, hidden_units: int | Sequence[int] = (128, 128)
) -> keras.Model:
    """Hidden layers on columns standardised by their training statistics.

    The statistics are in the model, which takes numbers as they come. A column
    that is constant in training is only shifted.

    Args:
        x: Training inputs. Shape `(n, features)`.
        hidden_units: Units of the hidden layers, from the first to the last.
            Defaults to `(128, 128)`.

    Returns:
        Model from `(batch, features)` to `(batch, hidden_units[-1])`.

    Raises:
        ValueError: If `x` is no table of finite numbers, a column varies too
            little or too much for float32, or there are no units.

    Warns:
        UserWarning: If a column lies so far from 0 that float32 does not tell
            its values apart.

    Examples:

    >>> x = np.random.default_rng(0).normal(50, 9, size=(20, 4))
    >>> encoder = table_encoder(x, (16, 8))
    >>> encoder.output.shape
    (None, 8)
    """
    units = _checked_units(hidden_units)
    columns = check_numbers("x", x)
    if columns.ndim != 2 or not columns.size or not np.isfinite(columns).all():
        raise ValueError(
            "`x` must be a table of finite numbers, shape (n, features). "
            f"Received: shape {columns.shape}, "
            f"{np.sum(~np.isfinite(columns))} numbers that are not finite"
        )
    check_spread(columns)
    inputs = keras.Input((columns.shape[1],), name="features")
    hidden = _standardised(inputs, columns)
    for one in units:
        hidden = keras.layers.Dense(one, activation="relu")(hidden)
    return keras.Model(inputs, hidden, name="encoder")


def _standardised(inputs: Any, columns: np.ndarray) -> Any:
    """Columns less their mean, over their standard deviation."""
    is_constant = columns.min(axis=0) == columns.max(axis=0)
    spread = columns.std(axis=0)
    # Less than that is rounding, which is not to be made large.
    told_apart = np.finfo("float32").eps * np.abs(columns).max(axis=0)
    is_small = ~is_constant & (spread < SMALL) & (spread > told_apart)
    if is_small.any():
        if spread[is_small].min() < SMALLEST:
            raise ValueError(
                "`x` must have columns that are constant or vary by more than "
                f"{SMALLEST:g}: give them in another unit. Received: a column "
                f"with a standard deviation of {spread[is_small].min():.3g}"
            )
        # Keras divides by 1e-7 at least. A power of 2 loses no digits.
        safe = np.where(is_small, spread, 1.0)
        up = np.where(is_small, np.exp2(-np.floor(np.log2(safe))), 1.0)
        columns = columns * up
        inputs = keras.layers.Normalization(
            mean=np.zeros_like(up), variance=up**2, invert=True
        )(inputs)
    return keras.layers.Normalization(
        mean=np.where(is_constant, columns[0], columns.mean(axis=0)),
        variance=np.where(is_constant, 1.0, columns.var(axis=0)),
    )(inputs)


def _checked_units(hidden_units: Any) -> list[int]:
    units = [hidden_units] if np.ndim(hidden_units) == 0 else hidden_units
    if not len(units):
        raise ValueError(
            "`hidden_units` must be the units of at least one layer. "
            f"Received: hidden_units={hidden_units!r}"
        )
    return [check_whole("hidden_units", one, at_least=1) for one in units]
