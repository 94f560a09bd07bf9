"""Loaders of data.

(Arrays, frames, tensors, sparse inputs, `PyDataset`, `tf.data`, torch's
`DataLoader` and generators, for every regressor:
`tests/models/test_every_regressor.py`.)
"""

import numpy as np
import pytest

from tests.support.models import skewed_data
from tests.support.models import small_regressor

pytestmark = pytest.mark.usefixtures("eager")
X, Y = skewed_data()


def logs_of(*data, **settings):
    model = small_regressor()
    model.set_weights(
        [np.full(w.shape, 0.1, "float32") for w in model.get_weights()]
    )
    model.compile("sgd")
    settings = {"shuffle": False, "verbose": 0, **settings}
    history = model.fit(*data, **settings).history
    return {name: values[0] for name, values in history.items()}


@pytest.mark.ecosystem("Grain", "works", "`grain.MapDataset` in batches")
def test_grain_trains_as_arrays_do():
    grain = pytest.importorskip("grain")

    def batches(x, y):
        rows = [(one, label) for one, label in zip(x, y, strict=True)]
        return grain.MapDataset.source(rows).to_iter_dataset().batch(8)

    expected = logs_of(X, Y, batch_size=8, validation_data=(X[:9], Y[:9]))
    found = logs_of(batches(X, Y), validation_data=batches(X[:9], Y[:9]))
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.ecosystem(
    "`validation_split`",
    "works",
    "of arrays, as in Keras; recipes refuse it and take `validation_data`",
)
def test_a_split_validates_on_the_last_samples():
    found = logs_of(X, Y, batch_size=8, validation_split=0.25)
    held_out = (X[18:], Y[18:])
    expected = logs_of(X[:18], Y[:18], batch_size=8, validation_data=held_out)
    assert found == pytest.approx(expected, rel=1e-4)
