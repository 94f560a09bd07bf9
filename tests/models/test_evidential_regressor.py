import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelModel
from keras_groupdir.layers import evidential_uncertainty
from keras_groupdir.losses import EvidentialRegression
from keras_groupdir.models import EvidentialRegressor
from tests.support.models import repeated
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(0)
    model = EvidentialRegressor(small_encoder(), low=0, high=8)
    model.compile(
        keras.optimizers.Adam(0.02), loss={"evidential": EvidentialRegression()}
    )
    # One region of the inputs has labels that nothing explains.
    noise = np.where(X[:, 3] > 0, 3 * np.sign(X[:, 2] * X[:, 1]), 0)
    noisy = np.clip(Y + noise, 0, 8)
    model.fit(*repeated(12, X, noisy), epochs=5, verbose=0)
    return model


def test_predicts_one_number_and_returns_the_rest_by_name(trained):
    assert isinstance(trained, LabelModel)
    assert trained.predict(X, verbose=0).shape == (48, 1)
    outputs = trained.predict_outputs(X, verbose=0)
    np.testing.assert_allclose(
        outputs["prediction"], outputs["evidential"][:, :1]
    )
    aleatoric, epistemic = evidential_uncertainty(outputs["evidential"])
    for name, variance in (("aleatoric", aleatoric), ("epistemic", epistemic)):
        assert outputs[name].shape == (48, 1)
        np.testing.assert_allclose(
            outputs[name][:, 0], ops.convert_to_numpy(variance), rtol=1e-5
        )
        assert (outputs[name] > 0).all()


def test_it_is_less_sure_where_labels_are_noisy(trained):
    outputs = trained.predict_outputs(X, verbose=0)
    noisy = X[:, 3] > 0
    doubt = outputs["aleatoric"][:, 0]
    assert np.median(doubt[noisy]) > np.median(doubt[~noisy])


def test_a_file_keeps_the_uncertainty(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    before = trained.predict_outputs(X, verbose=0)
    after = loaded.predict_outputs(X, verbose=0)
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, rtol=1e-5)


def test_the_range_must_rise():
    with pytest.raises(ValueError, match="`low` must be below `high`"):
        EvidentialRegressor(small_encoder(), low=8, high=0)
