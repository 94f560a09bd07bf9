import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import GaussianGroupCrossentropy
from keras_groupdir.losses import ScaledError
from keras_groupdir.models import DistributionRegressor
from tests.support.models import repeated
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)
BINS = LabelGroups.equal_width(0, 8, num_groups=20)


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(0)
    model = DistributionRegressor(small_encoder(), BINS)
    model.compile(keras.optimizers.Adam(0.02))
    model.fit(*repeated(12, X, Y), epochs=5, verbose=0)
    return model


def test_the_prediction_is_the_mean_of_its_distribution(trained):
    outputs = trained.predict_outputs(X, verbose=0)
    probs = ops.convert_to_numpy(ops.softmax(outputs["bin_logits"]))
    assert probs.shape == (48, 20)
    np.testing.assert_allclose(
        outputs["prediction"][:, 0], probs @ BINS.centers, rtol=1e-4
    )


def test_the_distribution_lies_where_the_label_does(trained):
    logits = trained.predict_outputs(X, verbose=0)["bin_logits"]
    assert np.mean(np.abs(logits.argmax(axis=1) - BINS.assign(Y))) < 3
    assert np.corrcoef(trained.predict(X, verbose=0)[:, 0], Y)[0, 1] > 0.9


def test_it_is_trained_on_the_distribution_and_its_mean_if_asked():
    plain = DistributionRegressor(small_encoder(), BINS, sigma=1.5)
    assert plain.default_loss_weights() == {"bin_logits": 1.0}
    (loss,) = plain.default_losses().values()
    assert type(loss) is GaussianGroupCrossentropy
    assert (loss.sigma, loss.groups) == (1.5, BINS)
    both = DistributionRegressor(
        small_encoder(), BINS, prediction_weight=3.0, error="squared"
    )
    assert both.default_loss_weights() == {"bin_logits": 1, "prediction": 3}
    error = both.default_losses()["prediction"]
    assert type(error) is ScaledError
    assert (error.scale, error.error) == (8.0, "squared")


def test_in_mixed_precision_the_head_is_float32():
    dtype = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        model = DistributionRegressor(small_encoder(), BINS)
    finally:
        keras.config.set_dtype_policy(dtype)
    assert model.output["embedding"].dtype == "bfloat16"
    for name in ("prediction", "bin_logits"):
        assert model.output[name].dtype == "float32"
