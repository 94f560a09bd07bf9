"""Batches of few lengths."""

import keras
import numpy as np
import pytest

from apps.data.sts_b_dir.batches import LENGTHS
from apps.data.sts_b_dir.batches import PairBatches
from apps.data.sts_b_dir.text import MAX_TOKENS
from apps.data.sts_b_dir.text import PAD

BATCH = 8
NUM_PAIRS = 83


def _pairs(num_pairs=NUM_PAIRS, longest=MAX_TOKENS, seed=0):
    """Ids of random length; the label of a pair is its number."""
    rng = np.random.default_rng(seed)

    def sentences():
        lengths = rng.integers(1, longest + 1, (num_pairs, 1))
        ids = rng.integers(2, 30, (num_pairs, MAX_TOKENS))
        return np.where(np.arange(MAX_TOKENS) < lengths, ids, PAD)

    return sentences(), sentences(), np.arange(num_pairs)


def _order(batches):
    return np.concatenate([y for _, y in _each(batches)])


def _each(batches):
    return [batches[index] for index in range(len(batches))]


@pytest.mark.parametrize("seed", [None, 0])
@pytest.mark.parametrize("num_pairs", [1, 7, 8, 80, 83])
def test_every_pair_comes_once_an_epoch(num_pairs, seed):
    batches = PairBatches(*_pairs(num_pairs), BATCH, seed)
    for _ in range(3):
        np.testing.assert_array_equal(
            np.sort(_order(batches)), np.arange(num_pairs)
        )
        batches.on_epoch_end()


@pytest.mark.parametrize("seed", [None, 0])
def test_rows_belong_to_their_labels_and_no_word_is_cut(seed):
    first, second, labels = _pairs()
    for x, y in _each(PairBatches(first, second, labels, BATCH, seed)):
        rows, length = y.astype(int), x["first"].shape[1]
        assert y.dtype == np.float32
        for name, ids in (("first", first), ("second", second)):
            np.testing.assert_array_equal(x[name], ids[rows, :length])
            assert (ids[rows, length:] == PAD).all()


def test_a_batch_has_one_length_of_the_few():
    for x, _ in _each(PairBatches(*_pairs(), BATCH, seed=0)):
        assert x["first"].shape == x["second"].shape
        assert x["first"].shape[1] in LENGTHS


@pytest.mark.parametrize("longest", LENGTHS)
def test_short_pairs_are_padded_to_the_least_length_that_fits(longest):
    ids = np.where(np.arange(MAX_TOKENS) < longest, 5, PAD)
    pair = np.stack([ids] * BATCH)
    x, _ = PairBatches(pair, pair, np.arange(BATCH), BATCH)[0]
    assert x["first"].shape == (BATCH, longest)


@pytest.mark.parametrize("seed", [None, 0])
@pytest.mark.parametrize("num_pairs", [80, 83])
def test_all_batches_but_one_are_full(num_pairs, seed):
    batches = PairBatches(*_pairs(num_pairs), BATCH, seed)
    sizes = sorted(len(y) for _, y in _each(batches))
    rest = [num_pairs % BATCH] if num_pairs % BATCH else []
    assert sizes == rest + [BATCH] * (num_pairs // BATCH)


def test_the_same_seed_gives_the_same_epochs():
    one, other = (PairBatches(*_pairs(), BATCH, seed=4) for _ in range(2))
    for _ in range(3):
        np.testing.assert_array_equal(_order(one), _order(other))
        one.on_epoch_end()
        other.on_epoch_end()


def test_two_epochs_and_two_seeds_differ():
    batches = PairBatches(*_pairs(), BATCH, seed=4)
    before = _order(batches)
    assert (before != _order(PairBatches(*_pairs(), BATCH, seed=5))).any()
    batches.on_epoch_end()
    assert (before != _order(batches)).any()


def test_long_batches_come_among_the_short_ones():
    batches = PairBatches(*_pairs(), BATCH, seed=4)
    lengths = [x["first"].shape[1] for x, _ in _each(batches)[2:]]
    assert lengths != sorted(lengths)


def test_without_a_seed_the_order_stays():
    batches = PairBatches(*_pairs(), BATCH)
    before = _order(batches)
    batches.on_epoch_end()
    np.testing.assert_array_equal(before, _order(batches))


@pytest.mark.parametrize("seed", [None, *range(10)])
def test_the_first_two_batches_differ_in_length(seed):
    batches = PairBatches(*_pairs(), BATCH, seed)
    for _ in range(3):
        (one, _), (other, _) = batches[0], batches[1]
        assert one["first"].shape[1] != other["first"].shape[1]
        batches.on_epoch_end()


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 1, 2), (1, 2, 2), (0, 0, 0)])
def test_sides_of_unequal_or_no_length_are_refused(sizes):
    arrays = [a[:n] for a, n in zip(_pairs(), sizes, strict=True)]
    with pytest.raises(ValueError, match="must be of one length, not 0"):
        PairBatches(*arrays)


def test_a_batch_size_below_one_is_refused():
    with pytest.raises(ValueError, match=r"must be positive\. Received: 0"):
        PairBatches(*_pairs(), batch_size=0)


def _tiny_model():
    """Mean words of both sentences into one number."""
    first = keras.Input((None,), dtype="int32", name="first")
    second = keras.Input((None,), dtype="int32", name="second")
    embed = keras.layers.Embedding(30, 2)
    sentences = [
        keras.layers.GlobalAveragePooling1D()(embed(ids))
        for ids in (first, second)
    ]
    out = keras.layers.Dense(1)(keras.layers.Concatenate()(sentences))
    return keras.Model({"first": first, "second": second}, out)


def test_all_lengths_feed_through_fit():
    model = _tiny_model()
    model.compile("sgd", "mse")
    batches = PairBatches(*_pairs(), BATCH, seed=0)
    lengths = {x["first"].shape[1] for x, _ in _each(batches)}
    assert lengths == set(LENGTHS)
    history = model.fit(batches, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_predictions_come_in_the_order_of_the_labels():
    first, second, labels = _pairs()
    first[:, 0] = labels + 2
    batches = PairBatches(first, second, labels, BATCH)
    inputs = {
        name: keras.Input((None,), dtype="int32", name=name)
        for name in ("first", "second")
    }
    model = keras.Model(inputs, inputs["first"][:, :1] - 2)
    for _ in range(2):
        predicted = model.predict(batches, verbose=0)
        np.testing.assert_array_equal(predicted[:, 0], _order(batches))
