"""Backbones of KerasHub from a config: nothing is downloaded.

(That a tiny BERT trains, is saved and comes back:
`tests/models/test_keras_hub_encoder.py`.)
"""

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from tests.models.test_keras_hub_encoder import TOKENS
from tests.models.test_keras_hub_encoder import pooled_backbone
from tests.support.models import GROUPS
from tests.support.models import skewed_data

# JAX compiles each operation of a backbone longer than its one step.
EAGER = ["eager"] if keras.config.backend() != "jax" else []
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures(*EAGER)]
_, Y = skewed_data(size=12)


def trained(encoder, x):
    """A model, and the weights that training moved."""
    model = GroupRegressor(encoder, GROUPS)
    model.compile("adam")
    before = [(w.path, np.array(w)) for w in model.weights]
    history = model.fit(x, Y, batch_size=12, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    moved = {
        path
        for (path, old), new in zip(before, model.get_weights(), strict=True)
        if np.any(old != new)
    }
    return model, moved


def assert_comes_back(model, x, folder):
    model.save(folder / "model.keras")
    loaded = keras.saving.load_model(folder / "model.keras")
    np.testing.assert_allclose(
        loaded.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-5
    )
    return loaded


@pytest.mark.ecosystem(
    "KerasHub image backbone (a tiny ResNet)",
    "works",
    "pool its feature map",
)
def test_a_resnet_backbone(tmp_path):
    keras_hub = pytest.importorskip("keras_hub")
    backbone = keras_hub.models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[3],
        stackwise_num_filters=[64],
        stackwise_num_blocks=[1],
        stackwise_num_strides=[1],
        block_type="basic_block",
        image_shape=(8, 8, 3),
    )
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
    images = np.random.default_rng(0).uniform(size=(12, 8, 8, 3))
    images = images.astype("float32")
    model, moved = trained(keras.Model(backbone.input, pooled), images)
    assert any("conv" in path for path in moved)
    assert_comes_back(model, images, tmp_path)


@pytest.mark.ecosystem(
    "KerasHub backbone, frozen",
    "works",
    "`backbone.trainable = False`; only the head learns. Freeze it again in "
    "a model out of a file: KerasHub's inner layers forget it",
)
def test_a_frozen_backbone_stays_as_it_was(tmp_path):
    backbone, encoder = pooled_backbone()
    backbone.trainable = False
    model, moved = trained(encoder, TOKENS)
    assert moved
    assert all(path.startswith("head/") for path in moved)
    assert_comes_back(model, TOKENS, tmp_path)


@pytest.mark.ecosystem(
    "KerasHub backbone, LoRA",
    "works",
    "`backbone.enable_lora(rank)` before the model is made",
)
def test_lora_trains_its_own_weights_alone(tmp_path):
    backbone, encoder = pooled_backbone()
    backbone.enable_lora(2)
    model, moved = trained(encoder, TOKENS)
    of_backbone = {path for path in moved if not path.startswith("head/")}
    kernels = {path for path in of_backbone if path.endswith("/kernel")}
    assert any("lora_kernel" in path for path in of_backbone)
    assert not {path for path in kernels if "attention" in path}
    assert_comes_back(model, TOKENS, tmp_path)


@pytest.mark.ecosystem(
    "KerasHub backbone, `quantize('int8')`",
    "works",
    "the encoder is quantized, the small head stays in float32. The encoder "
    "has to call the backbone: made of `backbone.output`, KerasHub's layers "
    "forget what they are in a file",
)
@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize`")
def test_a_quantized_backbone_comes_back(tmp_path):
    backbone, _ = pooled_backbone()
    inputs = {
        name: keras.Input((5,), dtype="int32", name=name)
        for name in backbone.input
    }
    sequence = backbone(inputs)["sequence_output"]
    pooled = keras.layers.GlobalAveragePooling1D()(sequence)
    encoder = keras.Model(inputs, pooled)
    model, _ = trained(encoder, TOKENS)
    before = model.predict(TOKENS, verbose=0)
    model.quantize("int8")
    after = model.predict(TOKENS, verbose=0)
    np.testing.assert_allclose(after, before, atol=0.5)
    dtypes = {str(weight.dtype) for weight in encoder.weights}
    assert "int8" in dtypes
    assert_comes_back(model, TOKENS, tmp_path)
