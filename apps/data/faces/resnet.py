"""ResNets of any width, initialized as the benchmark does."""

import keras
from keras import layers

from keras_groupdir.types import Tensor

# Blocks of each stage, and whether a block has a bottleneck.
RESNETS: dict[str, tuple[tuple[int, ...], bool]] = {
    "resnet4": ((1,), False),  # to try things out
    "resnet10": ((1, 1, 1, 1), False),
    "resnet18": ((2, 2, 2, 2), False),
    "resnet50": ((3, 4, 6, 3), True),
}
# Channels after a bottleneck, for each within.
EXPANSION = 4


def build_resnet(name: str, image_size: int, width: float) -> keras.Model:
    """A ResNet without its classifier.

    Kernels are drawn from a normal distribution with variance
    `2 / (height * width * filters)`, as in DIR.

    Args:
        name: One of `RESNETS`.
        image_size: Height and width of the images.
        width: Channels, as a share of the usual.

    Returns:
        Model from images `(batch, size, size, 3)` to a feature map.

    Reference:
    - [He et al., 2015](https://arxiv.org/abs/1512.03385)
    """
    blocks, is_bottleneck = RESNETS[name]
    first = round(64 * width)
    if first < 1:
        raise ValueError(
            "`width` must leave at least one channel of 64. Received: "
            f"width={width}"
        )
    images = keras.Input((image_size, image_size, 3))
    x = _conv(images, first, kernel_size=7, strides=2)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    for stage, count in enumerate(blocks):
        for number in range(count):
            x = _block(
                x,
                first * 2**stage,
                strides=2 if stage and not number else 1,
                is_bottleneck=is_bottleneck,
            )
    return keras.Model(images, x, name=name)


def _block(
    x: Tensor, filters: int, strides: int, is_bottleneck: bool
) -> Tensor:
    if is_bottleneck:
        y = _conv(x, filters, kernel_size=1)
        y = _conv(y, filters, kernel_size=3, strides=strides)
        filters *= EXPANSION
        y = _conv(y, filters, kernel_size=1, activation=None)
    else:
        y = _conv(x, filters, kernel_size=3, strides=strides)
        y = _conv(y, filters, kernel_size=3, activation=None)
    if strides > 1 or x.shape[-1] != filters:
        x = _conv(x, filters, kernel_size=1, strides=strides, activation=None)
    return layers.ReLU()(layers.Add()([x, y]))


def _conv(
    x: Tensor,
    filters: int,
    kernel_size: int,
    strides: int = 1,
    activation: str | None = "relu",
) -> Tensor:
    """Convolution and batch normalization."""
    x = layers.Conv2D(
        filters,
        kernel_size,
        strides,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.VarianceScaling(
            2.0, mode="fan_out", distribution="untruncated_normal"
        ),
    )(x)
    # The moving mean and variance follow as fast as in DIR.
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return x if activation is None else layers.Activation(activation)(x)
