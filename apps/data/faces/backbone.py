"""Image encoders: ResNets of any width, and what KerasHub has."""

from collections.abc import Mapping
from typing import Any

import keras

from apps.data.faces.resnet import RESNETS
from apps.data.faces.resnet import build_resnet


def build_encoder(
    backbone: str,
    image_size: int,
    width: float = 1.0,
    config: Mapping[str, Any] | None = None,
) -> keras.Model:
    """A backbone between bytes and a pooled embedding.

    Args:
        backbone: `"resnet4"`, `"resnet10"`, `"resnet18"` or `"resnet50"`, not
            trained before; a KerasHub preset, with its weights; or the name of
            a class in `keras_hub.models`.
        image_size: Height and width of the images.
        width: Channels of a ResNet, as a share of the usual.
        config: Arguments of a class. Defaults to none.

    Returns:
        Model from uint8 images `(batch, size, size, 3)` to `(batch,
        features)`.
    """
    body, scale = _backbone(backbone, image_size, width, config or {})
    images = keras.Input((image_size, image_size, 3), dtype="uint8")
    features = body(scale(images))
    if len(features.shape) == 4:
        features = keras.layers.GlobalAveragePooling2D()(features)
    elif len(features.shape) == 3:
        features = keras.layers.GlobalAveragePooling1D()(features)
    return keras.Model(images, features, name="encoder")


def _backbone(
    backbone: str, image_size: int, width: float, config: Mapping[str, Any]
) -> tuple[keras.Model, keras.layers.Layer]:
    """The network, and the layer that scales bytes for it."""
    shape = (image_size, image_size, 3)
    # As in DIR: mean .5 and deviation .5 of values from 0 to 1.
    scale = keras.layers.Rescaling(1 / 127.5, offset=-1)
    if backbone in RESNETS:
        return build_resnet(backbone, image_size, width), scale

    # Takes seconds to import.
    from keras_hub import models

    found = getattr(models, backbone, None)
    if isinstance(found, type) and issubclass(found, models.Backbone):
        return found(**config), scale
    return _preset(backbone, shape), _preset_scale(backbone) or scale


def _preset(name: str, shape: tuple[int, ...]) -> keras.Model:
    from keras_hub.models import Backbone

    try:
        return Backbone.from_preset(name, image_shape=shape)
    except (ValueError, OSError) as error:
        raise ValueError(
            "`backbone` must be resnet4, resnet10, resnet18, resnet50, a "
            "preset of KerasHub or a class in keras_hub.models. "
            f"Received: backbone={name!r} ({error})"
        ) from error


def _preset_scale(name: str) -> keras.layers.Layer | None:
    """What the weights of a preset were trained on."""
    from keras_hub.layers import ImageConverter

    try:
        converter = ImageConverter.from_preset(name)
    except (ValueError, OSError):
        return None
    return keras.layers.Rescaling(
        converter.scale if converter.scale is not None else 1.0,
        converter.offset if converter.offset is not None else 0.0,
    )
