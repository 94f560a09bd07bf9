from importlib.util import find_spec

import keras
import numpy as np
import pytest

from keras_groupdir.callbacks import ValidationError
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_label_model
from tests.support.models import small_regressor

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data()
HELD_OUT = skewed_data(19, seed=1)
KEYS = ["val_prediction_mae", "val_prediction_mse"]


class Batches(keras.utils.PyDataset):
    """Held-out samples, five at a time; the last batch has four."""

    def __len__(self):
        return 4

    def __getitem__(self, index):
        rows = slice(5 * index, 5 * index + 5)
        x, y = (array[rows] for array in HELD_OUT)
        return x, y[:, None]


class Weighted(Batches):
    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return x, y, np.zeros(len(y))


class Named(Batches):
    """Labels by the name of the output."""

    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return x, {"prediction": y}


def list_of_batches():
    return [Batches()[index] for index in range(4)]


def torch_loader():
    import torch

    data = torch.utils.data.TensorDataset(*map(torch.tensor, HELD_OUT))
    return torch.utils.data.DataLoader(data, batch_size=5)


def tf_data():
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(HELD_OUT).batch(5)


KINDS = {
    "arrays": lambda: HELD_OUT,
    "list": lambda: (HELD_OUT[0], HELD_OUT[1].tolist()),
    "in batches": lambda: (HELD_OUT[0], HELD_OUT[1][:, None], 7),
    "PyDataset": lambda: (Batches(),),
    "weighted": lambda: (Weighted(),),
    "named": lambda: (Named(),),
    "batches": lambda: (list_of_batches(),),
    "torch": lambda: (torch_loader(),),
    "tf.data": lambda: (tf_data(),),
}
PACKAGES = {"torch": "torch", "tf.data": "tensorflow"}


@pytest.mark.parametrize(
    "build",
    [
        small_regressor,
        pytest.param(small_label_model, marks=pytest.mark.one_backend),
    ],
)
def test_numbers_are_those_of_validation_data(build):
    """Of every kind of data, side by side in one training."""
    kinds = [
        kind
        for kind in KINDS
        if kind not in PACKAGES or find_spec(PACKAGES[kind])
    ]
    assert len(kinds) > 7
    model = build()
    model.compile("adam")
    history = model.fit(
        X,
        Y,
        batch_size=8,
        epochs=2,
        validation_data=HELD_OUT,
        callbacks=[Renamed(kind, *KINDS[kind]()) for kind in kinds],
        verbose=0,
    ).history
    for kind in kinds:
        for key in KEYS:
            found = history[f"{kind} {key}"]
            assert found == pytest.approx(history[key], rel=1e-5), (kind, key)


class Renamed(ValidationError):
    """Beside others and `validation_data`, whose logs have the same names."""

    def __init__(self, kind, *data):
        super().__init__(*data)
        self.kind = kind

    def on_epoch_end(self, epoch, logs=None):
        own = {}
        super().on_epoch_end(epoch, own)
        logs.update({f"{self.kind} {key}": value for key, value in own.items()})


def test_logs_are_there_for_callbacks_that_come_after_it():
    model = small_regressor()
    model.compile(keras.optimizers.SGD(0.3))
    stop = keras.callbacks.EarlyStopping(
        KEYS[0], mode="min", patience=1, restore_best_weights=True
    )
    validation = ValidationError(*HELD_OUT)
    history = model.fit(
        X, Y, epochs=40, callbacks=[validation, stop], verbose=0
    ).history
    assert sorted(k for k in history if k.startswith("val_")) == KEYS
    assert len(history[KEYS[0]]) < 40
    errors = np.abs(model.predict(HELD_OUT[0], verbose=0)[:, 0] - HELD_OUT[1])
    assert errors.mean() == pytest.approx(min(history[KEYS[0]]), rel=1e-4)


def test_inputs_may_be_a_structure_and_the_output_a_tensor():
    inputs = keras.Input((4,), name="features")
    unit = keras.layers.Dense(1)(small_encoder()(inputs))
    model = keras.Model({"features": inputs}, unit)
    model.compile("adam", "mse")
    x, y = HELD_OUT
    validation = ValidationError({"features": x}, y)
    history = model.fit(
        {"features": X}, Y, callbacks=[validation], verbose=0
    ).history
    errors = model.predict({"features": x}, verbose=0)[:, 0] - y
    found = [history[key][0] for key in KEYS]
    expected = [np.abs(errors).mean(), np.square(errors).mean()]
    assert found == pytest.approx(expected, rel=1e-5)


def test_training_is_as_without_it():
    def trained(callbacks):
        keras.utils.set_random_seed(0)
        model = small_regressor()
        model.compile("adam")
        history = model.fit(
            X, Y, batch_size=8, epochs=2, callbacks=callbacks, verbose=0
        ).history
        return history["loss"]

    expected = trained([])
    assert trained([ValidationError(*HELD_OUT)]) == pytest.approx(expected)


def test_labels_are_checked_before_training():
    with pytest.raises(ValueError, match="`y` must be finite"):
        ValidationError(X, np.full(24, np.nan))
