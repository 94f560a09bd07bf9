"""Which files Keras 3.15 writes from which backend."""

from typing import Any

import keras

from keras_groupdir.checks import check_choice

# JAX's programs are none that OpenVINO or LiteRT read, and a program of torch
# is made by torch alone.
OFFERED: dict[str, tuple[str, ...]] = {
    "tf_saved_model": ("tensorflow", "jax", "torch"),
    "onnx": ("tensorflow", "jax", "torch"),
    "litert": ("tensorflow", "torch"),
    "openvino": ("tensorflow", "torch"),
    "torch": ("torch",),
}
# What Keras insists on.
ENDINGS = {"litert": ".tflite", "openvino": ".xml", "torch": ".pt2"}


def check_format(format: str, filepath: Any) -> str:
    """Refuses what cannot be written here, and says where it can be.

    Args:
        format: As for `keras.Model.export`.
        filepath: File or folder to write.

    Returns:
        `filepath` as a string, which is all that some exporters take.

    Raises:
        ValueError: If there is no such format, the backend cannot write it,
            or the file is named otherwise than Keras wants.

    Examples:

    >>> check_format("tf_saved_model", "saved_models/ages")
    'saved_models/ages'
    >>> check_format("onnx", "ages")
    'ages'
    """
    check_choice("format", format, OFFERED)
    backend = keras.config.backend()
    offered = OFFERED[format]
    if backend not in offered:
        raise ValueError(
            f"`format={format!r}` cannot be written from the {backend} "
            f"backend, only from {' and '.join(offered)}. Save the model as "
            f"`.keras`, load it under KERAS_BACKEND={offered[0]} and export "
            f"there. Received: format={format!r}"
        )
    ending = ENDINGS.get(format, "")
    if not str(filepath).endswith(ending):
        raise ValueError(
            f"`filepath` must end with {ending!r} for `format={format!r}`. "
            f"Received: {filepath}"
        )
    return str(filepath)
