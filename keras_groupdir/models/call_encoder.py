"""Fresh inputs for an encoder, and its embedding."""

from typing import Any

import keras

from keras_groupdir.types import Tensor


def call_encoder(encoder: keras.Model) -> tuple[Any, Tensor]:
    """Checks an encoder and calls it on inputs like its own.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.

    Returns:
        The inputs, structured like the encoder's, and the embedding.
    """
    if not isinstance(encoder, keras.Model):
        raise ValueError(
            f"`encoder` must be a keras.Model. Received: encoder={encoder!r}"
        )
    try:
        inputs, output = _ends(encoder)
    except (AttributeError, ValueError) as error:
        raise ValueError(
            "`encoder` must know its inputs: build it with keras.Input, as a "
            "Functional or Sequential model. Received: "
            f"{type(encoder).__name__} {encoder.name!r}, which has none."
        ) from error
    shape = getattr(output, "shape", None)
    if shape is None or len(shape) != 2 or shape[1] is None:
        came = type(output).__name__ if shape is None else f"shape {shape}"
        raise ValueError(
            "`encoder` must have one output of shape (batch, features). "
            f"Received: {came}. Add pooling, or pick one of its outputs."
        )
    optional = {
        layer.name
        for layer in encoder.layers
        if getattr(layer, "optional", False)
    }
    inputs = keras.tree.map_structure(
        lambda one: keras.Input(
            batch_shape=one.shape,
            dtype=one.dtype,
            sparse=one.sparse,
            name=one.name + "_input" * (one.name == encoder.name),
            optional=one.name in optional,
        ),
        inputs,
    )
    return inputs, encoder(inputs)


def free_name(name: str, encoder: Any) -> str:
    """A name for a layer beside an encoder that may have the same one."""
    inputs = getattr(encoder, "inputs", None) or ()
    taken = {getattr(encoder, "name", None), *(one.name for one in inputs)}
    while name in taken:
        name += "_1"
    return name


def _ends(encoder: keras.Model) -> tuple[Any, Any]:
    """Inputs and output of an encoder, in their structure."""
    if isinstance(encoder, keras.Sequential):
        # Only once it has been called does it have `input` and `output`.
        return encoder.inputs[0], encoder.outputs[0]
    return encoder.input, encoder.output
