import itertools

import numpy as np
import pytest

from apps.age.held_out_batches import HeldOutBatches
from apps.age.training_batches import TrainingBatches
from tests.apps.age.made_up import made_up_faces

FACES = made_up_faces(23)


def whole_epoch(batches, number=0):
    if isinstance(batches, TrainingBatches):
        return list(batches.epoch(number))
    return [batches[i] for i in range(len(batches))]


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


def test_the_stream_goes_through_the_epochs_from_the_one_asked_for():
    batches = TrainingBatches(FACES, batch_size=5, seed=3)
    wanted = [*whole_epoch(batches, 4), *whole_epoch(batches, 5)]
    assert len(batches) == 4
    assert_same(itertools.islice(batches.stream(4), 8), wanted)


def test_seeds_differ():
    images = [
        next(TrainingBatches(FACES, 5, seed).stream())[0] for seed in (0, 1)
    ]
    assert not np.array_equal(*images)


def test_weights_stay_with_their_faces():
    weights = FACES.ages / 50
    for _, ages, weighed in whole_epoch(TrainingBatches(FACES, 5, 0, weights)):
        np.testing.assert_allclose(weighed, ages / 50)


def test_two_views_are_the_same_faces_seen_differently():
    images, ages, weights = next(
        TrainingBatches(FACES, 5, seed=0, views=2).stream()
    )
    assert len(images) == len(ages) == len(weights) == 10
    np.testing.assert_array_equal(ages[:5], ages[5:])
    assert not np.array_equal(images[:5], images[5:])


@pytest.mark.parametrize("batches", [TrainingBatches, HeldOutBatches])
def test_processes_share_every_batch(batches):
    arguments = (FACES, 6, 0) if batches is TrainingBatches else (FACES, 6)
    whole = batches(*arguments)
    parts = [batches(*arguments, share=(part, 2)) for part in range(2)]
    assert [len(part) for part in parts] == [len(whole)] * 2
    epochs = [whole_epoch(x) for x in (whole, *parts)]
    for batch, *shares in zip(*epochs, strict=True):
        ages = [share[1] for share in shares]
        assert [len(a) for a in ages] == [3, 3]
        np.testing.assert_array_equal(
            np.sort(np.concatenate(ages)), np.sort(batch[1])
        )


def test_a_small_set_is_one_batch():
    batches = TrainingBatches(made_up_faces(4), batch_size=64, seed=0)
    assert len(batches) == 1
    assert len(next(batches.stream())[1]) == 4


def test_held_out_faces_come_in_order_and_the_filling_weighs_nothing():
    epoch = whole_epoch(HeldOutBatches(FACES, batch_size=10))
    assert [len(ages) for _, ages, _ in epoch] == [10] * 3
    images, ages, weights = (
        np.concatenate(x) for x in zip(*epoch, strict=True)
    )
    np.testing.assert_array_equal(weights, [1] * 23 + [0] * 7)
    np.testing.assert_array_equal(ages[:23], FACES.ages)
    np.testing.assert_array_equal(images[:23], FACES.images)
