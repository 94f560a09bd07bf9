"""What of a model is not trained, in its config and out of it again."""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import keras

# One name, which settings of subclasses are not likely to have.
NOT_TRAINED = "not_trained"


def frozen_config(model: Any) -> dict[str, Any]:
    """What a config has to say of it: nothing if all is trained.

    Args:
        model: With an `encoder`, which has a config of its own.
    """
    frozen = [
        layer.name
        for layer in model.layers
        if layer is not model.encoder and layer.weights and not layer.trainable
    ]
    if model.trainable and not frozen:
        # Files of what is trained stay as they were without this.
        return {}
    return {NOT_TRAINED: {"layers": frozen, "model": not model.trainable}}


def without_frozen(config: dict[str, Any]) -> dict[str, Any]:
    """A config as `__init__` takes it.

    Args:
        config: With or without what `frozen_config` adds.
    """
    return {name: one for name, one in config.items() if name != NOT_TRAINED}


def freeze_again(model: Any, config: dict[str, Any]) -> None:
    """Freezes what `frozen_config` found, in a model that was made again.

    Args:
        model: Made from `config`.
        config: With or without what `frozen_config` adds.
    """
    if NOT_TRAINED not in config:
        return
    by_name = {layer.name: layer for layer in model.layers}
    frozen = config[NOT_TRAINED]["layers"]
    lost = sorted(set(frozen) - set(by_name))
    if lost:
        warnings.warn(
            f"Layers {lost} were frozen and are trained again: layers of a "
            f"{type(model).__name__} have other names each time it is made. "
            "Give them names.",
            stacklevel=2,
        )
    for name in frozen:
        if name in by_name:
            _freeze(by_name[name])
    if config[NOT_TRAINED]["model"]:
        _freeze(model)


def _freeze(layer: Any) -> None:
    with _parts_kept(layer):
        layer.trainable = False


@contextlib.contextmanager
def _parts_kept(model: Any) -> Iterator[None]:
    """Layers of a model, and their weights, go by what they know themselves.

    Keras hands on what is set to all that is inside, such as an encoder that
    others train; a layer that has no layers to list is frozen with its parts.
    """
    if not isinstance(model, keras.Model):
        yield
        return
    layers = [(layer, layer.trainable) for layer in layers_of(model)]
    variables = [(one, one.trainable) for one in model.variables]
    yield
    for layer, trainable in layers:
        layer.trainable = trainable
    for variable, trainable in variables:
        if variable.trainable != trainable:
            variable.trainable = trainable


def layers_of(model: Any) -> Iterator[keras.layers.Layer]:
    """Those of models in it too, each after what it is in.

    Args:
        model: Any Keras model.
    """
    for layer in model.layers:
        yield layer
        if isinstance(layer, keras.Model):
            yield from layers_of(layer)
