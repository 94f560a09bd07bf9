import math

import numpy as np
import pytest

from keras_groupdir.labels import label_quantiles

TRAIN = np.random.default_rng(0).lognormal(size=300)


def cumulative(label, train, bandwidth):
    """Share of the smoothed labels below one, bell by bell."""
    total = 0.0
    for other in train:
        total += math.erf((label - other) / (bandwidth * math.sqrt(2)))
    return 0.5 + 0.5 * total / len(train)


@pytest.mark.parametrize("bandwidth", [0.05, 0.5])
def test_quantiles_are_those_of_the_smoothed_density(bandwidth):
    table = label_quantiles(TRAIN, 65, bandwidth)
    assert len(table) == 65
    for k in range(65):
        share = math.sin(math.pi / 2 * k / 64) ** 2
        # Where the density is cut off, the ends of the labels stand.
        if TRAIN.min() < table[k] < TRAIN.max():
            found = cumulative(table[k], TRAIN, bandwidth)
            assert found == pytest.approx(share, abs=5e-3)


def test_they_stay_inside_of_the_labels_and_do_not_fall():
    table = label_quantiles(TRAIN)
    assert len(table) == 129
    assert (np.diff(table) >= 0).all()
    assert (table[0], table[-1]) == (TRAIN.min(), TRAIN.max())


def test_without_a_kernel_to_speak_of_they_are_those_of_the_labels():
    table = label_quantiles(TRAIN, 33, bandwidth=1e-9)
    shares = np.sin(np.pi / 2 * np.arange(33) / 32) ** 2
    below = [np.mean(label >= TRAIN) for label in table]
    np.testing.assert_allclose(below, shares, atol=1.01 / 300)


def test_many_labels_are_taken_together():
    train = np.random.default_rng(1).lognormal(size=60_000)
    few = label_quantiles(train[:10_000], bandwidth=0.05)
    many = label_quantiles(train, bandwidth=0.05)
    np.testing.assert_allclose(few[1:-1], many[1:-1], rtol=0.3)
    np.testing.assert_allclose(few[20:-20], many[20:-20], rtol=0.06)
    assert many[-1] == train.max() or many[-1] > np.quantile(train, 0.9999)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_does_not_matter(unit):
    np.testing.assert_allclose(
        label_quantiles(unit * TRAIN), unit * label_quantiles(TRAIN), rtol=1e-9
    )


def test_labels_that_are_all_the_same_are_the_table():
    assert set(label_quantiles([3.0, 3.0, 3.0], 5)) == {3.0}
