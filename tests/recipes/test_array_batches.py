import keras
import numpy as np
import pytest

from keras_groupdir.recipes.array_batches import ArrayBatches

X = np.arange(22, dtype="float32").reshape(11, 2)
Y = np.arange(11, dtype="float32")


def epoch_of(batches, number=0):
    """All parts of one epoch, put together."""
    start = number * batches.len_of_epoch
    found = [batches[start + i] for i in range(batches.len_of_epoch)]
    return [
        keras.tree.map_structure(lambda *parts: np.concatenate(parts), *parts)
        for parts in zip(*found, strict=True)
    ]


@pytest.mark.parametrize(
    ("batch_size", "sizes"),
    [(4, [4, 4, 3]), (11, [11]), (32, [11]), (1, [1] * 11)],
)
def test_only_the_last_batch_of_an_epoch_is_smaller(batch_size, sizes):
    batches = ArrayBatches(X, Y, None, batch_size, seed=0)
    assert batches.len_of_epoch == len(sizes)
    for epoch in range(2):
        start = epoch * len(sizes)
        found = [len(batches[start + i][1]) for i in range(len(sizes))]
        assert found == sizes


@pytest.mark.parametrize("seed", [None, 0, 5])
@pytest.mark.parametrize("batch_size", [3, 4, 11, 32])
def test_every_sample_comes_once_an_epoch_with_what_belongs_to_it(
    batch_size, seed
):
    batches = ArrayBatches(X, Y, 10 * Y, batch_size, seed)
    for epoch in range(3):
        x, y, weights = epoch_of(batches, epoch)
        np.testing.assert_array_equal(np.sort(y), Y)
        np.testing.assert_array_equal(x, X[y.astype(int)])
        np.testing.assert_array_equal(weights, 10 * y)


def test_the_seed_decides_the_order():
    orders = [
        epoch_of(ArrayBatches(X, Y, None, 4, seed), epoch)[1].tolist()
        for seed, epoch in [(1, 0), (1, 0), (2, 0), (1, 1)]
    ]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert orders[0] != orders[3]
    assert orders[0] != Y.tolist()


def test_an_epoch_has_its_order_whatever_was_asked_for_before():
    batches = ArrayBatches(X, Y, None, 4, seed=1)
    first = epoch_of(batches, 0)[1]
    epoch_of(batches, 1)
    np.testing.assert_array_equal(epoch_of(batches, 0)[1], first)


def test_without_a_seed_the_order_is_kept():
    batches = ArrayBatches(X, Y, None, 4, seed=None)
    for epoch in range(2):
        x, y = epoch_of(batches, epoch)
        np.testing.assert_array_equal(x, X)
        np.testing.assert_array_equal(y, Y)


@pytest.mark.parametrize(
    "structure",
    [
        {"left": X, "right": -X},
        [X, {"deep": -X}],
        (X, -X),
    ],
    ids=["dict", "nested", "tuple"],
)
def test_inputs_keep_their_structure(structure):
    x, y = epoch_of(ArrayBatches(structure, Y, None, 4, seed=3))
    keras.tree.assert_same_structure(x, structure)
    for part, whole in zip(
        keras.tree.flatten(x), keras.tree.flatten(structure), strict=True
    ):
        np.testing.assert_array_equal(part, whole[y.astype(int)])


@pytest.mark.parametrize(
    "convert",
    [
        keras.ops.convert_to_tensor,
        lambda x: pytest.importorskip("pandas").DataFrame(x),
        lambda x: x.astype("float64"),
    ],
    ids=["tensor", "frame", "float64"],
)
def test_inputs_of_every_kind_become_arrays_of_floats(convert):
    batches = ArrayBatches([convert(X)], Y, None, 4, seed=None)
    (x,), _ = batches[0]
    assert isinstance(x, np.ndarray)
    assert x.dtype == keras.config.floatx()
    np.testing.assert_array_equal(x, X[:4])


def test_whole_numbers_and_words_stay_what_they_are():
    tokens = np.arange(11, dtype="int64")[:, None]
    words = np.array([["a"], ["b"]] * 5 + [["c"]])
    batches = ArrayBatches([tokens, words], Y, None, 4, seed=None)
    (ids, texts), _ = batches[0]
    assert ids.dtype == "int64"
    assert texts.ravel().tolist() == ["a", "b", "a", "b"]


def test_fit_sees_what_it_would_of_arrays_in_the_same_order():
    def trained(**data):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(1e-4), "mse")
        history = model.fit(**data, epochs=3, shuffle=False, verbose=0).history[
            "loss"
        ]
        return history, model.predict(X, verbose=0)

    losses, expected = trained(x=X, y=Y, sample_weight=Y, batch_size=4)
    batches = ArrayBatches(X, Y, Y, 4, seed=None)
    found, predictions = trained(
        x=batches, steps_per_epoch=batches.len_of_epoch
    )
    assert found == pytest.approx(losses, rel=1e-5)
    np.testing.assert_allclose(predictions, expected, rtol=1e-5)


def test_there_is_no_end():
    batches = ArrayBatches(X, Y, None, 4, seed=0)
    assert batches.num_batches is None
    assert len(batches[1_000][1]) == 4
