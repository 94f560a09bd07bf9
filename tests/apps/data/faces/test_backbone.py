import math

import keras
import numpy as np
import pytest

from apps.data.faces.backbone import build_encoder

pytestmark = pytest.mark.one_backend

TINY = {
    "input_conv_filters": [64],
    "input_conv_kernel_sizes": [3],
    "stackwise_num_filters": [64, 64],
    "stackwise_num_blocks": [1, 1],
    "stackwise_num_strides": [1, 2],
    "block_type": "basic_block",
    "image_shape": [16, 16, 3],
}


@pytest.mark.parametrize(
    ("name", "features"), [("resnet10", 64), ("resnet50", 256)]
)
def test_a_narrow_resnet_takes_bytes_and_gives_an_embedding(name, features):
    encoder = build_encoder(name, image_size=32, width=1 / 8)
    assert encoder.input.dtype == "uint8"
    assert encoder.output.shape == (None, features)


@pytest.mark.parametrize(
    ("name", "features", "classifier", "usual"),
    [
        ("resnet18", 512, 513_000, 11_689_512),
        ("resnet50", 2048, 2_049_000, 25_557_032),
    ],
)
def test_a_resnet_has_the_usual_size(name, features, classifier, usual):
    encoder = build_encoder(name, image_size=64)
    assert encoder.output.shape == (None, features)
    learned = sum(math.prod(w.shape) for w in encoder.trainable_weights)
    assert learned == usual - classifier


def test_kernels_start_with_the_variance_of_the_benchmark():
    encoder = build_encoder("resnet18", image_size=32)
    kernels = [w for w in encoder.trainable_weights if len(w.shape) == 4]
    assert len(kernels) == 20
    largest = max(kernels, key=lambda w: w.shape[2] * w.shape[0])
    height, width, _, filters = largest.shape
    expected = (2 / (height * width * filters)) ** 0.5
    assert np.std(keras.ops.convert_to_numpy(largest)) == pytest.approx(
        expected, rel=0.02
    )


def test_black_and_white_are_minus_one_and_one():
    encoder = build_encoder("resnet18", image_size=32, width=1 / 8)
    scale = next(x for x in encoder.layers if "rescaling" in x.name)
    values = scale(np.array([[0, 255]], dtype="uint8"))
    np.testing.assert_allclose(values, [[-1, 1]], atol=1e-6)


def test_a_class_of_keras_hub_is_a_backbone():
    encoder = build_encoder("ResNetBackbone", image_size=16, config=TINY)
    assert encoder.output.shape == (None, 64)


def test_a_preset_comes_with_its_weights(tmp_path):
    from keras_hub.models import ResNetBackbone

    body = ResNetBackbone(**TINY)
    body.save_to_preset(str(tmp_path / "preset"))
    encoder = build_encoder(str(tmp_path / "preset"), image_size=16)
    images = np.full((1, 16, 16, 3), 255, dtype="uint8")
    expected = body.predict(np.ones((1, 16, 16, 3)), verbose=0)
    np.testing.assert_allclose(
        encoder.predict(images, verbose=0),
        expected.mean(axis=(1, 2)),
        atol=1e-5,
    )


def test_an_unknown_backbone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`backbone` must be resnet4, resn"):
        build_encoder(str(tmp_path / "nothing"), image_size=16)


def test_a_width_that_leaves_no_channel_is_refused():
    with pytest.raises(ValueError, match="`width` must leave at least one"):
        build_encoder("resnet18", image_size=32, width=0.001)
