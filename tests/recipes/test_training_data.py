import keras
import numpy as np
import pytest

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import make_recipe
from keras_groupdir.recipes.checked_data import checked_data

X = np.arange(10, dtype="float32").reshape(5, 2)
Y = np.arange(5, dtype="float32")
TASK = LabelTask(Y, LabelGroups.equal_width(0, 5, width=1))


class Batches(keras.utils.PyDataset):
    """Two rows a batch, with noise; what does not fill one is left out."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        rows = slice(2 * index, 2 * index + 2)
        return X[rows] + 100, Y[rows][:, None]


@pytest.fixture
def encoder():
    inputs = keras.Input((2,))
    return keras.Model(inputs, keras.layers.Rescaling(2.0)(inputs))


def data_of(x=X, y=Y, validation=None, still=None, name="rrt"):
    return checked_data(make_recipe(name), x, y, validation, still, TASK)


def test_arrays_are_embedded_row_by_row(encoder):
    data = data_of().embedded(encoder)
    np.testing.assert_array_equal(data.x, 2 * X)
    np.testing.assert_array_equal(data.y, Y)
    assert data.validation is None


def test_batches_are_embedded_as_they_come(encoder):
    data = data_of(Batches(), None).embedded(encoder)
    np.testing.assert_array_equal(data.x, 2 * (X[:4] + 100))
    np.testing.assert_array_equal(data.y, Y[:4])


def test_samples_are_embedded_as_they_are_where_still_data_has_them(encoder):
    data = data_of(Batches(), None, still=(X, Y)).embedded(encoder)
    np.testing.assert_array_equal(data.x, 2 * X)
    np.testing.assert_array_equal(data.y, Y)
    # What comes of it does not change at random.
    assert data.still is None


@pytest.mark.parametrize("held_out", [(X[:3], Y[:3]), [X[:3], Y[:3].tolist()]])
def test_validation_data_is_embedded_too(encoder, held_out):
    x, y = data_of(validation=held_out).embedded(encoder).validation
    np.testing.assert_array_equal(x, 2 * X[:3])
    np.testing.assert_array_equal(y, Y[:3])
    x, y = data_of(validation=Batches()).embedded(encoder).validation
    np.testing.assert_array_equal(x, 2 * (X[:4] + 100))
    np.testing.assert_array_equal(y, Y[:4])


def test_what_holds_no_batches_is_refused(encoder):
    with pytest.raises(ValueError, match=r"Batches must be \(x, y\).* 1 parts"):
        data_of([X], None).embedded(encoder)
    with pytest.raises(ValueError, match=r"`x` must be arrays.* zip"):
        data_of(zip(X, Y, strict=True), None)


@pytest.mark.parametrize(
    ("x", "is_table"),
    [
        (X, True),
        ([X], False),
        (X.astype("int64"), False),
        (X[:, :, None], False),
        ({"features": X}, False),
    ],
    ids=["floats", "list", "whole numbers", "images", "dict"],
)
def test_a_table_is_an_array_of_floats(x, is_table):
    assert data_of(x).is_table == is_table


def test_the_order_of_a_data_set_is_kept_if_it_should_be():
    (stage,) = make_recipe("vanilla").stages
    data = data_of(Batches(), None, name="vanilla")
    assert data.batches(stage, 2, seed=None)["shuffle"] is False
    assert data.batches(stage, 2, seed=3)["shuffle"] is True


def test_labels_may_go_by_the_name_of_the_output():
    named = {"prediction": Y}
    data = checked_data(make_recipe("inv"), X, named, (X, named), None, TASK)
    np.testing.assert_array_equal(data.y, Y)
    np.testing.assert_array_equal(data.validation[1], Y)


class Shuffled(Batches):
    """In another order each time it is gone through."""

    def __init__(self):
        super().__init__()
        self.turn = 0

    def __getitem__(self, index):
        done, self.turn = self.turn // 2, self.turn + 1
        return super().__getitem__((index + done) % 2)


def test_held_out_inputs_and_labels_are_of_one_pass():
    data = checked_data(make_recipe("vanilla"), X, Y, Shuffled(), None, TASK)
    batches, labels = data.held_out()
    x = np.concatenate([x for (x,) in batches])
    # The first input of a row is twice its label, and noise.
    np.testing.assert_array_equal(x[:, 0] - 100, 2 * labels)
    np.testing.assert_array_equal(np.sort(labels), [0, 1, 2, 3])


class Endless:
    """As a `tf.data.Dataset` that is repeated."""

    def cardinality(self):
        return -1

    def __iter__(self):
        while True:
            yield X[:2], Y[:2]

    def __len__(self):
        raise TypeError("The dataset is infinite.")


@pytest.mark.parametrize("place", ["x", "validation_data"])
def test_a_data_set_without_an_end_is_refused(place):
    endless = Endless()
    sets = (endless, (X, Y)) if place == "x" else ((X, Y), endless)
    training, validation = sets
    x, y = (training, None) if place == "x" else training
    with pytest.raises(ValueError, match=f"`{place}` must .* Endless"):
        checked_data(make_recipe("rrt"), x, y, validation, None, TASK)


class Filtered(Endless):
    """As one with a filter, which ends, and does not know where."""

    def cardinality(self):
        return -2

    def __iter__(self):
        yield X[:2], Y[:2]
        yield X[2:4], Y[2:4]


@pytest.mark.parametrize("name", ["inv", "rrt"])
def test_batches_that_cannot_say_how_many_are_counted(name, encoder):
    recipe = make_recipe(name)
    data = checked_data(recipe, Filtered(), None, (X, Y), None, TASK)
    stage = recipe.stages[-1]
    seen = data.embedded(encoder) if name == "rrt" else data
    batches = seen.batches(stage, 2, seed=None)
    count = batches.get("steps_per_epoch", batches["x"].num_batches)
    assert count == 2
