"""Keeps a recipe from going on where another one ended."""

import weakref
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import keras

# Layers that recipes have trained, as long as they live.
_trained: weakref.WeakSet[keras.layers.Layer] = weakref.WeakSet()


def first_used(
    encoder: keras.Model | Callable[[], keras.Model],
) -> keras.Model:
    """An encoder that no recipe has trained yet."""
    if not isinstance(encoder, keras.Model) and callable(encoder):
        encoder = encoder()
    layers = set(_trained_layers(encoder))
    if layers & set(_trained):
        raise ValueError(
            "`encoder` must not have been trained by a recipe before: its "
            "second method would go on where the first one ended. Build a new "
            f"one, or give a function that does. Received: {encoder.name!r}"
        )
    _trained.update(layers)
    return encoder


def _trained_layers(encoder: Any) -> Iterator[keras.layers.Layer]:
    """Those whose weights a recipe changes."""
    for layer in getattr(encoder, "layers", ()):
        if isinstance(layer, keras.Model):
            yield from _trained_layers(layer)
        elif layer.trainable_weights:
            yield layer
