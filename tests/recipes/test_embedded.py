import keras
import numpy as np
import pytest

from keras_groupdir.recipes.embedded import embedded

X = np.arange(10, dtype="float32").reshape(5, 2)
Y = np.arange(5, dtype="float32")


class Batches(keras.utils.PyDataset):
    """Two rows a batch, with noise; what does not fill one is left out."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        rows = slice(2 * index, 2 * index + 2)
        return X[rows] + 100, Y[rows][:, None]


class PlainBatches(Batches):
    plain = X, Y


@pytest.fixture
def encoder():
    inputs = keras.Input((2,))
    return keras.Model(inputs, keras.layers.Rescaling(2.0)(inputs))


def test_arrays_are_embedded_row_by_row(encoder):
    features, labels = embedded(encoder, X, Y)
    np.testing.assert_array_equal(features, 2 * X)
    np.testing.assert_array_equal(labels, Y)


def test_batches_are_embedded_as_they_come(encoder):
    features, labels = embedded(encoder, Batches())
    np.testing.assert_array_equal(features, 2 * (X[:4] + 100))
    np.testing.assert_array_equal(labels, Y[:4])


def test_samples_are_embedded_plain_where_a_data_set_has_them(encoder):
    features, labels = embedded(encoder, PlainBatches())
    np.testing.assert_array_equal(features, 2 * X)
    np.testing.assert_array_equal(labels, Y)


def test_other_inputs_are_refused(encoder):
    with pytest.raises(ValueError, match=r"`x` must be arrays.* list"):
        embedded(encoder, [X])
