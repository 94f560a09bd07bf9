"""How to predict many samples at once."""

import math
from typing import Any

from keras import tree

# As `callbacks.ValidationError` has it; fewer of large images, whose
# activations take many times their own room.
AT_ONCE, NUMBERS = 1024, 2**24


def few_batches(x: Any) -> dict[str, Any]:
    """Arguments of `predict` that make few large batches of arrays.

    After epochs in one execution, TensorFlow traces `predict` anew for each
    number of batches. A data set has batches of its own.

    Args:
        x: Inputs, as for `predict`.
    """
    parts = tree.flatten(x)
    if not all(hasattr(one, "shape") for one in parts):
        return {}
    numbers = sum(int(math.prod(one.shape[1:])) for one in parts)
    return {"batch_size": max(32, min(AT_ONCE, NUMBERS // max(numbers, 1)))}
