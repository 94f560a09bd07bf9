"""The two halves of a model: encoder and head."""

from typing import Any

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
    same = sorted(name for name in outputs if outputs[name] is embedding)
    if same:
        raise ValueError(
            "`model` must have its embedding as one output, so be of one "
            "target: take `model.target(0)` of a MultiTargetRegressor. "
            f"Received: {[EMBEDDING, *same]}"
        )
    try:
        return keras.Model(embedding, outputs, name=free_name("head", model))
    except ValueError as error:
        raise ValueError(
            "`model` must compute all other outputs from its embedding alone. "
            f"Received outputs: {sorted(model.output)}"
        ) from error


def shared_encoder(regressors: list[Any]) -> keras.Model:
    """The encoder that several models share, which is all before their head.

    Args:
        regressors: Models with an `encoder` and an output `"embedding"`.
    """
    encoders = [getattr(one, "encoder", None) for one in regressors]
    if not encoders or any(one is not encoders[0] for one in encoders):
        raise ValueError(
            "`regressors` must be models on one encoder, the same object. "
            f"Received: {len({id(one) for one in encoders})} encoders"
        )
    for one in regressors:
        layers = [
            layer
            for layer in encoder_of(one).layers
            if not isinstance(layer, keras.layers.InputLayer)
        ]
        if layers != encoders[:1]:
            raise ValueError(
                "`regressors` must have the encoder's output as their "
                f"embedding. Received: a {type(one).__name__}"
            )
    return encoders[0]
