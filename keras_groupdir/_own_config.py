"""What a part was constructed with."""

from inspect import signature
from typing import Any

import keras

# What the base classes of Keras write themselves.
_OF_KERAS = {"self", "name", "dtype"}


def own_config(part: Any) -> dict[str, Any]:
    """Arguments of the constructor, by the attributes of the same names.

    Of those of base classes, too, which a subclass may hand on unnamed; an
    argument that is kept elsewhere is for the subclass to write.

    Args:
        part: A loss, a metric or a layer.

    Returns:
        Names and values as `get_config` has them.
    """
    arguments = {
        argument.name: None
        for base in reversed(type(part).__mro__)
        if base.__module__.partition(".")[0] not in ("keras", "builtins")
        and "__init__" in vars(base)
        for argument in signature(vars(base)["__init__"]).parameters.values()
        if argument.kind is not argument.VAR_KEYWORD
    }
    return {
        name: keras.saving.serialize_keras_object(getattr(part, name))
        for name in arguments
        if name not in _OF_KERAS and hasattr(part, name)
    }
