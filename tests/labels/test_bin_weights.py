"""Weights of bins: by a curve of the density, and by a power of counts."""

import numpy as np
import pytest

from keras_groupdir.labels import LabelGroups
from keras_groupdir.labels import count_power_weights
from keras_groupdir.labels import involution_weights
from keras_groupdir.labels import kernel_density

TRAIN = np.random.default_rng(0).lognormal(size=300)
BINS = LabelGroups.histogram(TRAIN, num_bins=12)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 2.5])
def test_the_curve_is_its_own_inverse_but_for_the_smallest(alpha):
    density = kernel_density(TRAIN, BINS.centers)
    raw = []
    for one in density / density.max():
        raw.append(max((1 - one**alpha) ** (1 / alpha), 0.01))
    mean = np.mean([raw[g] for g in BINS.assign(TRAIN)])
    weights = involution_weights(TRAIN, BINS, alpha)
    np.testing.assert_allclose(weights, np.array(raw) / mean, rtol=1e-9)
    assert weights[BINS.assign(TRAIN)].mean() == pytest.approx(1)
    assert weights.min() > 0
    assert weights.argmin() == density.argmax()


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_does_not_matter(unit):
    bins = LabelGroups.from_edges(unit * BINS.edges)
    np.testing.assert_allclose(
        involution_weights(unit * TRAIN, bins),
        involution_weights(TRAIN, BINS),
        rtol=1e-3,
    )


def test_labels_far_from_every_center_weigh_the_same():
    bins = LabelGroups.from_edges([0, 1, 100, 200])
    weights = involution_weights([0.0001, 0.0001, 0.0002, 199.9], bins)
    assert np.isfinite(weights).all()


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_counts_to_a_power(power):
    counts = [40, 0, 5, 1]
    raw = np.array([max(count, 1) ** -power for count in counts])
    mean = sum(r * c for r, c in zip(raw, counts, strict=True)) / 46
    np.testing.assert_allclose(
        count_power_weights(counts, power), raw / mean, rtol=1e-12
    )
