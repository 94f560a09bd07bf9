import keras
import numpy as np
import pytest

from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes.data_batches import DataBatches
from keras_groupdir.recipes.data_batches import all_batches

X = np.arange(12, dtype="float32").reshape(6, 2)
Y = np.arange(6, dtype="float32")


class Batches(keras.utils.PyDataset):
    """Three batches of two; counts what Keras tells it of epochs."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.begun = self.ended = 0

    def __len__(self):
        return 3

    def __getitem__(self, index):
        rows = slice(2 * index, 2 * index + 2)
        return X[rows], Y[rows]

    def on_epoch_begin(self):
        self.begun += 1

    def on_epoch_end(self):
        self.ended += 1


def list_of_batches():
    return [(X[i : i + 2], Y[i : i + 2, None]) for i in (0, 2, 4)]


def tf_data():
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_tensor_slices((X, Y)).batch(2)


def torch_loader():
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y))
    return torch.utils.data.DataLoader(data, batch_size=2)


KINDS = pytest.mark.parametrize(
    "kind", [Batches, list_of_batches, tf_data, torch_loader]
)


@KINDS
@pytest.mark.parametrize("epochs", [1, 2])
def test_batches_are_those_of_the_data_set_in_every_epoch(kind, epochs):
    batches = DataBatches(kind())
    assert batches.num_batches == 3
    for _ in range(epochs):
        batches.on_epoch_begin()
        found = [batches[index] for index in range(3)]
        batches.on_epoch_end()
        for index, (x, y) in enumerate(found):
            rows = slice(2 * index, 2 * index + 2)
            np.testing.assert_array_equal(x, X[rows])
            np.testing.assert_array_equal(np.reshape(y, -1), Y[rows])


@KINDS
def test_weights_follow_from_the_labels_of_the_batch(kind):
    batches = DataBatches(kind(), weigh=lambda labels: labels + 0.5)
    for index in range(3):
        _, y, weights = batches[index]
        assert weights.dtype == "float32"
        np.testing.assert_array_equal(weights, np.reshape(y, -1) + 0.5)


def test_batches_are_in_place_by_their_index():
    batches = DataBatches(Batches())
    for index in (2, 0, 1):
        np.testing.assert_array_equal(
            batches[index][1], Y[2 * index : 2 * index + 2]
        )


def test_an_epoch_that_was_left_goes_on():
    """As Keras goes on with a data set of its own kinds."""
    batches = DataBatches(list_of_batches())
    batches.on_epoch_begin()
    np.testing.assert_array_equal(batches[0][0], X[:2])
    batches.on_epoch_end()
    batches.on_epoch_begin()
    np.testing.assert_array_equal(batches[1][0], X[2:4])
    # A first batch that was looked at comes again.
    np.testing.assert_array_equal(batches[0][0], X[:2])
    np.testing.assert_array_equal(batches[1][0], X[2:4])


class Loader:
    """What can be gone through again, and is of no package."""

    def __init__(self, batches):
        self._batches = batches

    def __len__(self):
        return len(self._batches)

    def __iter__(self):
        return iter(self._batches)


def of_tensorflow(batches):
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_generator(
        lambda: iter(batches),
        output_signature=(
            tf.TensorSpec((2, 6), tf.float32),
            tf.TensorSpec((2,), tf.float32),
        ),
    ).apply(tf.data.experimental.assert_cardinality(3))


def of_torch(batches):
    torch = pytest.importorskip("torch")
    return torch.utils.data.DataLoader(batches, batch_size=None)


@pytest.mark.parametrize("recipe", ["vanilla", "sqinv"])
@pytest.mark.parametrize("kind", [list, Loader, of_tensorflow, of_torch])
def test_epochs_of_a_few_steps_come_to_all_batches(recipe, kind):
    rows = np.eye(6, dtype="float32")
    data = kind([(rows[i : i + 2], Y[i : i + 2]) for i in (0, 2, 4)])
    inputs = keras.Input((6,))
    # A weight for each row, which moves if the row is trained on.
    dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    fit_recipe(
        recipe,
        keras.Model(inputs, dense(inputs)),
        LabelTask(Y),
        data,
        epochs=5,
        steps_per_epoch=1,
        shuffle=False,
        verbose=0,
    )
    assert np.all(keras.ops.convert_to_numpy(dense.kernel) != 1)


def test_a_data_set_hears_of_epochs_and_keeps_its_workers():
    inner = Batches(workers=2, max_queue_size=5)
    batches = DataBatches(inner)
    assert (batches.workers, batches.max_queue_size) == (2, 5)
    batches.on_epoch_begin()
    batches.on_epoch_end()
    assert (inner.begun, inner.ended) == (1, 1)


def test_fit_sees_weights_as_it_would_of_arrays():
    def trained(*data, **settings):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(1e-3), "mse")
        settings = {"shuffle": False, "epochs": 2, "verbose": 0, **settings}
        model.fit(*data, **settings)
        return model.predict(X, verbose=0)

    expected = trained(X, Y, batch_size=2, sample_weight=Y)
    found = trained(DataBatches(Batches(), weigh=lambda labels: labels))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@KINDS
def test_all_batches_are_gone_through_once(kind):
    found = list(all_batches(kind()))
    assert len(found) == 3
    x = np.concatenate([inputs for inputs, _ in found])
    y = np.concatenate([np.reshape(labels, -1) for _, labels in found])
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)


@pytest.mark.parametrize(
    ("batch", "parts"), [((X, Y, Y), 3), ((X,), 1), (X, 1)]
)
def test_batches_of_other_parts_are_refused(batch, parts):
    match = rf"Batches must be \(x, y\).*Received: {parts} parts"
    with pytest.raises(ValueError, match=match):
        DataBatches([batch])[0]
