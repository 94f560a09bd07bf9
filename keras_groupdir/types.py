"""Type aliases."""

from typing import Any
from typing import TypeAlias

__all__ = ["ArrayLike", "Tensor"]

# A tensor of whichever backend Keras runs on, symbolic or not. The three
# backends share no base class, so nothing narrower would be true.
Tensor: TypeAlias = Any

# Anything `numpy.asarray` turns into numbers: list, array, series, tensor.
ArrayLike: TypeAlias = Any
