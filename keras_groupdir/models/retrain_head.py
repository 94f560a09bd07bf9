"""The second stage of two-stage training."""

import tempfile
from typing import Any
from typing import TypeVar

import keras

from keras_groupdir.models.frozen_layers import layers_of
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.split_model import encoder_of
from keras_groupdir.models.split_model import head_of

ModelType = TypeVar("ModelType", bound=LabelModel)


def retrain_head(model: ModelType) -> ModelType:
    """A new head on the trained encoder of a model, which is frozen (RRT).

    Two-stage training first learns features from all samples alike, then a
    head from balanced ones: compile the model that is returned and fit it with
    `sample_weight`, say of `labels.histogram_weights`.

    All that leads to the `"embedding"` keeps its weights and is no longer
    trained. Frozen batch normalization uses its moving averages in training
    too, and leaves them alone; dropout in the encoder stays. All that comes
    after the embedding starts from its initializers again. (The published code
    leaves the encoder in training mode, where the moving averages drift.)

    Args:
        model: Trained `LabelModel` with an output named `"embedding"`, such as
            a `VanillaRegressor` or a `GroupRegressor`.

    Returns:
        Model of the same class and settings, not compiled. It has weights of
        its own: `model` stays as it is.

    Examples:

    >>> from keras_groupdir.models import VanillaRegressor
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = VanillaRegressor(encoder, low=0, high=5)
    >>> second = retrain_head(model)
    >>> [tuple(weight.shape) for weight in second.trainable_weights]
    [(8, 1), (1,)]
    >>> second.compile("adam")

    Reference:
    - [Kang et al., 2020](https://arxiv.org/abs/1910.09217)
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554), RRT.
    """
    encoder_of(model)  # says what is wrong with the model, if anything is
    second, fresh = _copies(model)
    if _has_frozen_head(second):
        # A new head that is frozen would stay at its initializers.
        second.trainable = True
    encoder_of(second).trainable = False
    if not second.trainable_weights:
        raise ValueError(
            "`model` must have a head: weights that lead from its embedding to "
            "its other outputs, and that are trained. Received: none"
        )
    for variable, new in zip(
        head_of(second).variables, head_of(fresh).variables, strict=True
    ):
        variable.assign(new.value)
    return second


def _copies(model: ModelType) -> tuple[ModelType, ModelType]:
    """The model again, with its weights and with new ones."""
    # Code of this process: its own layers need not be registered, and a Lambda
    # is as safe as it was.
    classes = {type(layer).__name__: type(layer) for layer in layers_of(model)}
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            keras.saving.custom_object_scope(classes),
        ):
            # As from a file: copied weights would leave out what an adapted
            # layer keeps beside them, such as the mean of a Normalization.
            model.save(f"{folder}/model.keras")
            same = keras.saving.load_model(
                f"{folder}/model.keras", compile=False, safe_mode=False
            )
            config = keras.saving.serialize_keras_object(model)
            config.pop("compile_config", None)
            return same, keras.saving.deserialize_keras_object(
                config, safe_mode=False
            )
    except (TypeError, ValueError, NotImplementedError) as error:
        message = str(error).partition("\n")[0]
        raise ValueError(
            "`model` must be one that Keras can save and load again, to be "
            "copied: each layer of its encoder needs a get_config with what "
            f"its __init__ takes. Received: {type(error).__name__}: "
            f"{message}"
        ) from error


def _has_frozen_head(model: Any) -> bool:
    """Of layers that the library made: what others freeze is their affair."""
    if getattr(model, "encoder", None) is None:
        return False
    layers = [model, *layers_of(head_of(model))]
    return any(layer.weights and not layer.trainable for layer in layers)
