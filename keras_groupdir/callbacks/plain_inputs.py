"""Inputs as a model takes them a batch at a time."""

from typing import Any

import keras
import numpy as np
from keras import ops


def plain_inputs(x: Any) -> Any:
    """What is no tensor of this backend, such as a data frame, as NumPy."""
    return keras.tree.map_structure(
        lambda array: array if ops.is_tensor(array) else np.asarray(array), x
    )
