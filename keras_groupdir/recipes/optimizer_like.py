"""A new optimizer for each stage."""

from typing import Any

import keras


def optimizer_like(optimizer: Any) -> keras.optimizers.Optimizer:
    """One that knows of no variables yet, else as what was given.

    Args:
        optimizer: As for `keras.Model.compile`.

    Raises:
        ValueError: If it spares variables of some model its weight decay.
    """
    given = keras.optimizers.get(optimizer)
    fresh = type(given).from_config(given.get_config())
    # No part of a config.
    if getattr(given, "_exclude_from_weight_decay", None):
        raise ValueError(
            "`optimizer` must exclude variables from weight decay by "
            "`var_names`: those of a `var_list` are of another model. "
            f"Received: {given.name!r} with a `var_list`"
        )
    pattern = getattr(given, "_exclude_from_weight_decay_pattern", None)
    if pattern is not None:
        fresh.exclude_from_weight_decay(var_names=[pattern.pattern])
    return fresh
