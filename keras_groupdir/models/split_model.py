"""The two halves of a model: encoder and head."""

import keras

from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.label_model import LabelModel

EMBEDDING = "embedding"


def encoder_of(model: LabelModel) -> keras.Model:
    """What leads from the inputs of a model to its embedding.

    Args:
        model: `LabelModel` with an output named `"embedding"`.

    Returns:
        Model that shares the layers and weights of `model`.
    """
    if not isinstance(model, LabelModel) or EMBEDDING not in model.output:
        came = (
            sorted(model.output)
            if isinstance(model, LabelModel)
            else type(model).__name__
        )
        raise ValueError(
            "`model` must be a LabelModel with an output named 'embedding'. "
            f"Received: {came}"
        )
    name = free_name("encoder", model)
    return keras.Model(model.input, model.output[EMBEDDING], name=name)


def head_of(model: LabelModel) -> keras.Model:
    """What leads from the embedding of a model to its other outputs.

    Args:
        model: `LabelModel` with an output named `"embedding"`.

    Returns:
        Model that shares the layers and weights of `model`, with a dict of
        outputs.
    """
    outputs = dict(model.output)
    embedding = outputs.pop(EMBEDDING)
    try:
        return keras.Model(embedding, outputs, name=free_name("head", model))
    except ValueError as error:
        raise ValueError(
            "`model` must compute all other outputs from its embedding alone. "
            f"Received outputs: {sorted(model.output)}"
        ) from error
