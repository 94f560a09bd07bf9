"""Models whose encoder counts in integers."""

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import VanillaRegressor
from keras_groupdir.models import FeatureSmoothingRegressor
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, _ = skewed_data()


def smoothed():
    vanilla = VanillaRegressor(small_encoder(), 0, 8)
    return FeatureSmoothingRegressor(vanilla, GROUPS, kernel_size=3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: VanillaRegressor(small_encoder(), 0, 8),
        lambda: GroupRegressor(small_encoder(), GROUPS),
        smoothed,
    ],
    ids=["vanilla", "groups", "smoothed"],
)
@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize`")
def test_a_quantized_model_comes_back_from_a_file(make, tmp_path):
    model = make()
    before = model.predict(X, verbose=0)
    model.quantize("int8")
    quantized = model.predict(X, verbose=0)
    # Rounded, and not by much: labels range over 8.
    assert not np.array_equal(quantized, before)
    np.testing.assert_allclose(quantized, before, atol=0.5)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(X, verbose=0), quantized, 1e-5)
