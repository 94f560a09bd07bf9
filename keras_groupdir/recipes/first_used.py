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
    """An encoder that no recipe has trained yet.

    It counts as trained once `mark_used` says so: a call that is refused
    before its first `fit` leaves the encoder as it was.
    """
    if not isinstance(encoder, keras.Model) and callable(encoder):
        encoder = encoder()
    # Frozen ones, too: a recipe that trains a head alone freezes what an
    # earlier stage has trained.
    if set(_layers(encoder)) & set(_trained):
        raise ValueError(
            "`encoder` must not have been trained by a recipe before: its "
            "second method would go on where the first one ended. Build a new "
            f"one, or give a function that does. Received: {encoder.name!r}"
        )
    return encoder


def mark_used(encoder: keras.Model) -> None:
    """Says that a recipe trains an encoder from now on."""
    _trained.update(one for one in _layers(encoder) if one.trainable_weights)


def _layers(encoder: Any) -> Iterator[keras.layers.Layer]:
    """Those that may have weights; of models inside, theirs."""
    for layer in getattr(encoder, "layers", ()):
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
        else:
            yield layer
