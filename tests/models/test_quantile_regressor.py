import keras
import numpy as np
import pytest

from keras_groupdir.losses import Pinball
from keras_groupdir.models import QuantileRegressor
from tests.support.models import repeated
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(200)


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(0)
    model = QuantileRegressor(
        small_encoder(), 0, 8, (0.1, 0.5, 0.9), start=2.0, spread=2.0
    )
    model.compile(keras.optimizers.Adam(0.02))
    rng = np.random.default_rng(0)
    # Noise that grows with one of the inputs.
    noise = rng.normal(size=200) * np.where(X[:, 3] > 0, 1.0, 0.1)
    noisy = np.clip(Y + noise, 0, 8)
    model.fit(*repeated(10, X, noisy), epochs=4, verbose=0)
    return model, noisy


def test_the_prediction_is_the_median_inside_of_the_interval(trained):
    model, _ = trained
    outputs = model.predict_outputs(X, verbose=0)
    assert model.quantile_levels == (0.1, 0.5, 0.9)
    assert outputs["quantiles"].shape == (200, 3)
    np.testing.assert_array_equal(
        outputs["prediction"], outputs["quantiles"][:, 1:2]
    )
    assert (np.diff(outputs["quantiles"], axis=1) >= 0).all()


def test_the_interval_holds_as_many_labels_as_it_says(trained):
    model, labels = trained
    low, _, high = model.predict_outputs(X, verbose=0)["quantiles"].T
    inside = np.mean((labels >= low) & (labels <= high))
    assert inside == pytest.approx(0.8, abs=0.08)
    width = high - low
    assert width[X[:, 3] > 0].mean() > 2 * width[X[:, 3] <= 0].mean()


def test_its_own_loss_is_of_labels_whose_range_is_1():
    model = QuantileRegressor(small_encoder(), 2, 10, [0.25, 0.5])
    (loss,) = model.default_losses().values()
    assert type(loss) is Pinball
    assert (loss.quantiles, loss.scale) == ([0.25, 0.5], 8.0)


def test_a_file_keeps_the_levels(trained, tmp_path):
    model, _ = trained
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.quantile_levels == model.quantile_levels
    np.testing.assert_allclose(
        loaded.predict_outputs(X, verbose=0)["quantiles"],
        model.predict_outputs(X, verbose=0)["quantiles"],
        rtol=1e-5,
    )
