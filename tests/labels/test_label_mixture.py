import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_groupdir.labels.label_mixture import fit_label_mixture

pytestmark = pytest.mark.no_backend


def log_likelihood(labels, mixture):
    """Mean over labels of the log of the sum over components, by loops."""
    total = 0.0
    for y in labels:
        total += math.log(
            sum(
                w
                * math.exp(-((y - m) ** 2) / (2 * v))
                / math.sqrt(2 * math.pi * v)
                for m, v, w in zip(*mixture, strict=True)
            )
        )
    return total / len(labels)


def one_round(labels, means, variances, weights):
    """Expectation and maximization with a loop over labels and components."""
    shares = []
    for y in labels:
        parts = [
            w * math.exp(-((y - m) ** 2) / (2 * v)) / math.sqrt(v)
            for m, v, w in zip(means, variances, weights, strict=True)
        ]
        shares.append([part / sum(parts) for part in parts])
    result = []
    for k in range(len(means)):
        size = sum(row[k] for row in shares)
        pairs = list(zip(labels, shares, strict=True))
        mean = sum(y * row[k] for y, row in pairs) / size
        square = sum((y - mean) ** 2 * row[k] for y, row in pairs) / size
        result.append((mean, square, size / len(labels)))
    return np.transpose(sorted(result))


SKEWED = np.random.default_rng(0).gamma(2.0, 3.0, 80).round(1)


def test_a_round_is_that_of_the_definition():
    labels = [0.0, 1.0, 1.0, 2.0, 6.0, 7.0]
    # Distinct labels are 0, 1, 2, 6, 7: their quartiles are 1 and 6.
    variance = np.var(labels) / 2
    np.testing.assert_allclose(
        fit_label_mixture(labels, 2, max_rounds=1),
        one_round(labels, [1.0, 6.0], [variance] * 2, [0.5, 0.5]),
        rtol=1e-9,
    )


def test_the_likelihood_rises_with_every_round_and_then_stays():
    scores = [
        log_likelihood(SKEWED, fit_label_mixture(SKEWED, 3, max_rounds=rounds))
        for rounds in (1, 2, 3, 5, 10, 100)
    ]
    assert (np.diff(scores) > 0).all()
    fitted = fit_label_mixture(SKEWED, 3)
    assert log_likelihood(SKEWED, fitted) == pytest.approx(scores[-1], abs=1e-3)


def test_far_clusters_are_found():
    rng = np.random.default_rng(1)
    labels = np.concatenate(
        [rng.normal(10, 1.0, 3000), rng.normal(40, 3.0, 1000)]
    )
    mixture = fit_label_mixture(labels[:, None], 2)
    np.testing.assert_allclose(mixture.means, [10, 40], rtol=0.02)
    np.testing.assert_allclose(mixture.variances, [1, 9], rtol=0.1)
    np.testing.assert_allclose(mixture.weights, [0.75, 0.25], rtol=0.01)


def test_one_component_is_mean_and_variance():
    mixture = fit_label_mixture(SKEWED, 1)
    np.testing.assert_allclose(
        np.ravel(mixture), [SKEWED.mean(), SKEWED.var(), 1.0], rtol=1e-6
    )


@given(
    st.lists(st.integers(0, 9), min_size=12, max_size=40).filter(
        lambda labels: len(set(labels)) >= 4
    )
)
def test_a_mixture_is_proper_for_any_labels(labels):
    means, variances, weights = fit_label_mixture(labels, 4, max_rounds=50)
    assert (np.diff(means) >= 0).all()
    assert means.min() >= min(labels) - 1e-9
    assert means.max() <= max(labels) + 1e-9
    assert (variances >= 1e-4 * np.var(labels) * (1 - 1e-9)).all()
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(1)
    assert weights @ means == pytest.approx(np.mean(labels), abs=1e-6)


def test_a_component_between_far_clusters_keeps_a_weight():
    # So far from both that its share of every label is 0 in float64.
    mixture = fit_label_mixture([0.0, 1.0] * 5000 + [1000.0, 1001.0], 3)
    assert np.isfinite(mixture).all()
    assert (mixture.weights > 0).all()
    assert mixture.weights.min() < 1e-9


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_unit_of_labels_does_not_matter(scale):
    means, variances, weights = fit_label_mixture(SKEWED, 3, max_rounds=20)
    np.testing.assert_allclose(
        np.ravel(fit_label_mixture(scale * SKEWED, 3, max_rounds=20)),
        np.ravel([scale * means, scale**2 * variances, weights]),
        rtol=1e-6,
    )


def test_very_many_labels_take_seconds_and_keep_their_mean():
    labels = np.exp(np.random.default_rng(0).normal(size=200_000))
    mixture = fit_label_mixture(labels, max_rounds=50)
    assert mixture.weights @ mixture.means == pytest.approx(labels.mean(), 1e-9)
    squares = mixture.variances + mixture.means**2
    assert mixture.weights @ squares == pytest.approx(
        np.mean(labels**2), rel=1e-3
    )
