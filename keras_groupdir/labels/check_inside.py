"""Labels that lie outside the range that a model is for."""

import sys
import types
import warnings

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.types import ArrayLike


def check_inside(
    name: str, labels: ArrayLike, label_range: tuple[float, float]
) -> None:
    """Warns of labels outside a range; an error if all of them are.

    Args:
        name: The argument, for the message.
        labels: Training labels. Shape `(n,)` or `(n, 1)`.
        label_range: Lower and upper end.
    """
    # As labels are compared in training.
    values = check_labels(name, labels).astype("float32")
    low, high = (np.float32(end) for end in label_range)
    outside = int(np.sum((values < low) | (values > high)))
    if outside == len(values):
        raise ValueError(
            f"`{name}` must hold labels in the range [{low:g}, {high:g}]. "
            f"Received: {outside} labels from {values.min():g} to "
            f"{values.max():g}, none of them inside"
        )
    if outside:
        warnings.warn(
            f"{outside} of {len(values)} labels in `{name}` lie outside the "
            f"range [{low:g}, {high:g}]; they count as far as that end.",
            stacklevel=_level_of_the_user(),
        )


def _level_of_the_user() -> int:
    """Of a warning in the caller: that of the first line that is not ours."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and _is_ours(frame):
        level, frame = level + 1, frame.f_back
    return level


def _is_ours(frame: types.FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("keras_groupdir.")
