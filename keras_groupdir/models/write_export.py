"""A file or folder that serves the prediction of a model."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._backend.any_size import any_size
from keras_groupdir.models.compile_arguments import PREDICTION
from keras_groupdir.models.export_format import check_format
from keras_groupdir.models.saved_model import export_saved_model
from keras_groupdir.types import Tensor


def write_export(
    model: keras.Model, filepath: Any, format: str, **kwargs: Any
) -> None:
    """Writes a model that returns the prediction alone.

    Args:
        model: With outputs by name.
        filepath: As for `LabelModel.export`.
        format: As for `LabelModel.export`.
        **kwargs: As for `keras.Model.export`.

    Raises:
        ValueError: If this backend cannot write the format.
    """
    filepath = check_format(format, filepath)
    if format == "tf_saved_model" and keras.config.backend() == "torch":
        _export_elsewhere(model, filepath, **kwargs)
        return
    served = keras.Model(model.input, model.output[PREDICTION])
    if format not in ("tf_saved_model", "litert"):
        # Keras exports to ONNX and OpenVINO what has been called.
        shapes = keras.tree.map_structure(_one_sample, model.input)
        served(shapes)
    if format == "torch":
        kwargs = {"dynamic_shapes": any_size(model.input), **kwargs}
    served.export(filepath, format=format, **kwargs)


def _export_elsewhere(
    model: keras.Model, filepath: str, verbose: Any = None, **kwargs: Any
) -> None:
    if kwargs:
        raise ValueError(
            f"`{min(kwargs)}` cannot be kept where TensorFlow exports for "
            "torch, in a process of its own: load the `.keras` file under "
            "TensorFlow and export there."
        )
    export_saved_model(model, filepath)


def _one_sample(tensor: Any) -> Tensor:
    shape = [size or 1 for size in tensor.shape]
    return ops.zeros(shape, dtype=tensor.dtype)
