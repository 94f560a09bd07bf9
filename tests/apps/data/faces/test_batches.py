import keras
import numpy as np
import pytest

from apps.data.faces.data import Faces
from apps.data.faces.held_out_batches import HeldOutBatches
from apps.data.faces.training_batches import AugmentedFaces
from apps.data.faces.training_batches import TrainingBatches
from tests.apps.data.faces.made_up import made_up_faces

FACES = made_up_faces(23)


def length(batches):
    is_endless = isinstance(batches, TrainingBatches)
    return batches.len_of_epoch if is_endless else len(batches)


def whole_epoch(batches, number=0):
    size = length(batches)
    return [batches[number * size + place] for place in range(size)]


def assert_same(one, other):
    for a, b in zip(one, other, strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_array_equal(x, y)


def test_batches_are_full_and_hold_each_face_at_most_once():
    batches = TrainingBatches(FACES, batch_size=5, seed=0)
    epoch = whole_epoch(batches)
    assert [len(ages) for _, ages, _ in epoch] == [5] * 4
    ages, counts = np.unique(
        np.concatenate([ages for _, ages, _ in epoch]), return_counts=True
    )
    there = dict(zip(*np.unique(FACES.ages, return_counts=True), strict=True))
    assert all(
        count <= there[age] for age, count in zip(ages, counts, strict=True)
    )


def test_epochs_differ_and_can_be_repeated():
    batches = TrainingBatches(FACES, batch_size=5, seed=0)
    first, second = whole_epoch(batches), whole_epoch(batches, 1)
    assert not np.array_equal(first[0][1], second[0][1])
    assert_same(whole_epoch(TrainingBatches(FACES, 5, 0)), first)


def test_a_resumed_run_goes_on_with_the_epoch_asked_for():
    batches = TrainingBatches(FACES, batch_size=5, seed=3)
    resumed = TrainingBatches(FACES, batch_size=5, seed=3, first_epoch=4)
    assert batches.len_of_epoch == 4
    for number in range(2):
        assert_same(
            whole_epoch(resumed, number), whole_epoch(batches, 4 + number)
        )


def test_a_batch_follows_from_its_index_alone():
    batches = TrainingBatches(FACES, batch_size=5, seed=3)
    wanted = [*whole_epoch(batches, 0), *whole_epoch(batches, 1)]
    other = TrainingBatches(FACES, batch_size=5, seed=3)
    for index in (6, 1, 4, 7, 0, 5):
        assert_same([other[index]], [wanted[index]])


def test_fit_takes_the_batches_in_order():
    """Whoever reads ahead, and over the end of an epoch."""

    def new_model():
        inputs = keras.Input((16, 16, 3), dtype="uint8")
        features = keras.layers.Rescaling(1 / 255)(inputs)
        features = keras.layers.GlobalAveragePooling2D()(features)
        outputs = keras.layers.Dense(1, "elu", kernel_initializer="ones")
        model = keras.Model(inputs, outputs(features))
        # A rate at which the order matters.
        model.compile(keras.optimizers.SGD(0.003), "mse")
        return model

    batches = TrainingBatches(FACES, 5, seed=3, first_epoch=1)
    fitted = new_model()
    fitted.fit(
        batches,
        steps_per_epoch=batches.len_of_epoch,
        epochs=3,
        shuffle=False,
        verbose=0,
    )
    plain = TrainingBatches(FACES, 5, seed=3)
    batches = [batch for n in (1, 2, 3) for batch in whole_epoch(plain, n)]
    in_order, swapped = new_model(), new_model()
    for batch in batches:
        in_order.train_on_batch(*batch)
    for batch in [*batches[:3], batches[4], batches[3], *batches[5:]]:
        swapped.train_on_batch(*batch)
    weights, expected, other = (
        np.concatenate([w.reshape(-1) for w in model.get_weights()])
        for model in (fitted, in_order, swapped)
    )
    np.testing.assert_allclose(weights, expected, rtol=1e-6)
    assert np.abs(other / expected - 1).max() > 1e-4


def test_embeddings_are_left_as_they_are():
    features = np.random.default_rng(0).normal(size=(23, 7))
    batches = TrainingBatches(Faces(features, FACES.ages), 5, seed=0)
    for rows, ages, _ in whole_epoch(batches):
        for row, age in zip(rows, ages, strict=True):
            (place,) = np.flatnonzero((features == row).all(axis=1))
            assert FACES.ages[place] == age


def test_the_data_set_with_an_end_has_the_same_batches():
    batches = TrainingBatches(FACES, 5, seed=3, views=2)
    faces = AugmentedFaces(FACES, 5, seed=3, views=2)
    assert faces.num_batches == len(faces) == 4
    for number in range(2):
        wanted = [batch[:2] for batch in whole_epoch(batches, number)]
        assert_same([faces[place] for place in range(4)], wanted)
        faces.on_epoch_end()


def test_seeds_differ():
    images = [TrainingBatches(FACES, 5, seed)[0][0] for seed in (0, 1)]
    assert not np.array_equal(*images)


def test_weights_stay_with_their_faces():
    weights = FACES.ages / 50
    for _, ages, weighed in whole_epoch(TrainingBatches(FACES, 5, 0, weights)):
        np.testing.assert_allclose(weighed, ages / 50)


def test_two_views_are_the_same_faces_seen_differently():
    images, ages, weights = TrainingBatches(FACES, 5, seed=0, views=2)[0]
    assert len(images) == len(ages) == len(weights) == 10
    np.testing.assert_array_equal(ages[:5], ages[5:])
    assert not np.array_equal(images[:5], images[5:])


@pytest.mark.parametrize("batches", [TrainingBatches, HeldOutBatches])
def test_processes_share_every_batch(batches):
    arguments = (FACES, 6, 0) if batches is TrainingBatches else (FACES, 6)
    whole = batches(*arguments)
    parts = [batches(*arguments, share=(part, 2)) for part in range(2)]
    assert [length(part) for part in parts] == [length(whole)] * 2
    epochs = [whole_epoch(x) for x in (whole, *parts)]
    for batch, *shares in zip(*epochs, strict=True):
        ages = [share[1] for share in shares]
        assert [len(a) for a in ages] == [3, 3]
        np.testing.assert_array_equal(
            np.sort(np.concatenate(ages)), np.sort(batch[1])
        )


def test_a_small_set_is_one_batch():
    batches = TrainingBatches(made_up_faces(4), batch_size=64, seed=0)
    assert batches.len_of_epoch == 1
    assert len(batches[0][1]) == 4


def test_held_out_faces_come_in_order_and_the_filling_weighs_nothing():
    epoch = whole_epoch(HeldOutBatches(FACES, batch_size=10))
    assert [len(ages) for _, ages, _ in epoch] == [10] * 3
    images, ages, weights = (
        np.concatenate(x) for x in zip(*epoch, strict=True)
    )
    np.testing.assert_array_equal(weights, [1] * 23 + [0] * 7)
    np.testing.assert_array_equal(ages[:23], FACES.ages)
    np.testing.assert_array_equal(images[:23], FACES.images)
