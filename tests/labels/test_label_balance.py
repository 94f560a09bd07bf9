"""How even labels are beside those of training."""

import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.labels import label_balance

pytestmark = pytest.mark.no_backend

BINS = LabelGroups.equal_width(0, 10, width=1)
# 512, 256, ..., 1 labels in the bins.
TRAIN = np.repeat(BINS.centers, 2 ** np.arange(9, -1, -1))


def likelihood(balance, labels):
    """Of the labels, by the definition."""
    counts = BINS.counts(TRAIN).astype("float64")
    shares = counts ** (1 - balance)
    shares /= shares.sum()
    return np.log(shares[BINS.assign(labels)]).sum()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("true", [0.2, 0.5, 0.8])
def test_nothing_makes_the_labels_more_likely(true, seed):
    rng = np.random.default_rng(seed)
    shares = BINS.counts(TRAIN) ** (1 - true)
    labels = rng.choice(BINS.centers, 200, p=shares / shares.sum())
    found = label_balance(labels, TRAIN, BINS)
    grid = np.linspace(0, 1, 1001)
    best = grid[np.argmax([likelihood(b, labels) for b in grid])]
    assert found == pytest.approx(best, abs=1e-3)
    # A few labels tell it.
    assert found == pytest.approx(true, abs=0.25)


def test_the_ends():
    assert label_balance(TRAIN, TRAIN, BINS) == pytest.approx(0, abs=1e-6)
    assert label_balance(BINS.centers, TRAIN, BINS) == pytest.approx(1)
    # More common than in training, and rarer than even: not beyond.
    assert label_balance(BINS.centers[:1], TRAIN, BINS) == 0
    assert label_balance(BINS.centers[-1:], TRAIN, BINS) == 1


def test_a_sample_of_training_labels_is_hardly_balanced():
    for seed in range(20):
        drawn = np.random.default_rng(seed).choice(TRAIN, 100)
        assert label_balance(drawn, TRAIN, BINS) < 0.2


def test_what_can_not_be_told_is_no_balance():
    even = np.repeat(BINS.centers, 3)
    assert label_balance(TRAIN, even, BINS) == 0
    assert label_balance([9.5], [0.5, 0.5, 1.5], BINS) == 0


def test_units_and_repetitions_do_not_matter():
    labels = np.concatenate([TRAIN[::5], BINS.centers])
    found = label_balance(labels, TRAIN, BINS)
    assert 0.05 < found < 0.95
    assert label_balance(np.tile(labels, 3), TRAIN, BINS) == pytest.approx(
        found
    )
    large = LabelGroups.from_edges(1e9 * np.asarray(BINS.edges))
    assert label_balance(1e9 * labels, 1e9 * TRAIN, large) == pytest.approx(
        found
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([np.nan], TRAIN, BINS), "`labels` must be finite"),
        (([1.0], [np.inf], BINS), "`train_labels` must be finite"),
        (([1.0], TRAIN, 10), "`bins` must be"),
    ],
)
def test_what_is_wrong_is_named(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        label_balance(*arguments)
