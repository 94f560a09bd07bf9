"""Training that stops and goes on."""

import keras
import numpy as np
import pytest

from tests.support.models import skewed_data
from tests.support.models import small_regressor

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eager")]
X, Y = skewed_data()


class Stop(keras.callbacks.Callback):
    """A crash in the third epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt


def fresh():
    keras.utils.set_random_seed(0)
    model = small_regressor()
    model.compile("adam")
    return model


def fit(model, *callbacks, **settings):
    settings = {"epochs": 4, "shuffle": False, "verbose": 0, **settings}
    return model.fit(X, Y, batch_size=12, callbacks=[*callbacks], **settings)


@pytest.fixture(scope="module")
def uninterrupted():
    model = fresh()
    fit(model)
    return model


def assert_equal_weights(model, other):
    for one, two in zip(model.weights, other.weights, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)
    assert int(model.optimizer.iterations) == int(other.optimizer.iterations)


@pytest.mark.ecosystem(
    "`BackupAndRestore`",
    "works",
    "a run that was stopped ends with the weights of one that was not",
)
def test_a_stopped_run_goes_on(uninterrupted, tmp_path):
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(KeyboardInterrupt):
        fit(fresh(), backup, Stop())
    model = fresh()
    again = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    history = fit(model, again)
    assert history.epoch == [2, 3]
    assert_equal_weights(model, uninterrupted)


@pytest.mark.ecosystem(
    "`OrbaxCheckpoint`",
    "works",
    "`load_model(folder)` brings model and optimizer back; goes on with "
    "`initial_epoch`",
)
def test_an_orbax_checkpoint_goes_on(uninterrupted, tmp_path):
    pytest.importorskip("orbax.checkpoint")
    checkpoint = keras.callbacks.OrbaxCheckpoint(
        tmp_path / "orbax", save_on_background=False
    )
    fit(fresh(), checkpoint, epochs=2)
    model = keras.saving.load_model(tmp_path / "orbax")
    assert type(model).__name__ == "GroupRegressor"
    fit(model, epochs=4, initial_epoch=2)
    assert_equal_weights(model, uninterrupted)
