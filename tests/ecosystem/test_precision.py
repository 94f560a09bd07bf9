"""Training in half precision."""

import keras
import numpy as np
import pytest

from tests.support.models import skewed_data
from tests.support.models import small_regressor

X, Y = skewed_data(96)


@pytest.fixture
def policy():
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


def errors_and_model():
    keras.utils.set_random_seed(0)
    model = small_regressor()
    model.compile(keras.optimizers.Adam(0.02))
    history = model.fit(X, Y, batch_size=24, epochs=8, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    for weight in model.get_weights():
        assert np.isfinite(weight).all()
    return np.array(history["prediction_mae"]), model


@pytest.fixture(scope="module")
def expected():
    return errors_and_model()[0]


@pytest.mark.slow
@pytest.mark.ecosystem(
    "`mixed_float16`, `mixed_bfloat16`",
    "works",
    "the head and the losses stay in float32; training is close to float32",
)
@pytest.mark.parametrize("name", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_trains_as_float32_does(name, policy, expected):
    policy(name)
    errors, model = errors_and_model()
    half = name.removeprefix("mixed_")
    assert keras.backend.standardize_dtype(model.output["embedding"].dtype) in (
        half,
    )
    prediction = model.output["prediction"].dtype
    assert keras.backend.standardize_dtype(prediction) == "float32"
    # Of labels from 0 to 8, of which bfloat16 keeps two or three digits.
    np.testing.assert_allclose(errors, expected, atol=0.15)
    assert errors[-1] < errors[0]
