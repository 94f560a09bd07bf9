"""A mixture of Gaussians over labels, fitted before training."""

from typing import NamedTuple

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.types import ArrayLike

# Share of the labels' variance that every component keeps: a component on one
# often repeated label would become a spike of infinite likelihood.
SMALLEST_VARIANCE = 1e-4
# What every component has of every label: one that lost all its labels would
# have a weight of 0, and a mean of 0 / 0.
SMALLEST_SHARE = 1e-12


# Of more distinct labels than this, those within a few thousandths of the
# standard deviation, well inside the narrowest component, are taken together.
MOST_VALUES = 10_000
GRID = 4e-3


class LabelMixture(NamedTuple):
    """Gaussians in one dimension, in the order of their means.

    Attributes:
        means: In label units. Shape `(components,)`.
        variances: Positive. Shape `(components,)`.
        weights: Positive, with a sum of 1. Shape `(components,)`.
    """

    means: np.ndarray
    variances: np.ndarray
    weights: np.ndarray


def fit_label_mixture(
    labels: ArrayLike,
    num_components: int = 8,
    tolerance: float = 1e-6,
    max_rounds: int = 1000,
) -> LabelMixture:
    """Fits Gaussians to labels by expectation maximization.

    Each round gives every label to the components in shares, by how likely it
    is under each, and then every component the mean, variance and weight of
    its shares:

    ```
    share_ik = w_k N(y_i; m_k, v_k) / sum_l w_l N(y_i; m_l, v_l)
    w_k = mean_i share_ik
    m_k = sum_i share_ik y_i / sum_i share_ik
    v_k = sum_i share_ik (y_i - m_k)**2 / sum_i share_ik
    ```

    The likelihood rises in each; the rounds end when the mean log likelihood
    rises by less than `tolerance`. The means start spread evenly over the
    distinct labels, so that rare ones get components too, and nothing is drawn
    at random. Components keep 1e-4 of the variance of the labels. Of more than
    10,000 distinct labels, those that fall within 0.004 standard deviations of
    each other are taken for their mean, so that hundreds of thousands take
    seconds.

    Args:
        labels: Training labels. Shape `(n,)` or `(n, 1)`.
        num_components: Number of Gaussians. Defaults to `8`, as published.
        tolerance: Positive float. Defaults to `1e-6`.
        max_rounds: Most rounds. Defaults to `1000`.

    Returns:
        `LabelMixture`, for `losses.GaussianMixtureIntegration(*mixture)`.

    Examples:

    >>> mixture = fit_label_mixture([0, 1, 1, 2, 8, 9, 9, 9, 10], 2)
    >>> mixture.means.round(2).tolist(), mixture.weights.round(2).tolist()
    ([1.0, 9.0], [0.44, 0.56])

    Reference:
    - [Ren et al., 2022](https://arxiv.org/abs/2203.16427), GAI.
    """
    num_components = check_whole("num_components", num_components, at_least=1)
    tolerance = check_positive("tolerance", tolerance)
    max_rounds = check_whole("max_rounds", max_rounds, at_least=1)
    values, counts = np.unique(
        check_labels("labels", labels), return_counts=True
    )
    if len(values) > MOST_VALUES:
        values, counts = _merged(values, counts)
    if len(values) < max(num_components, 2):
        raise ValueError(
            "`labels` must have at least 2 distinct values, and as many as "
            f"`num_components`. Received: {len(values)} distinct values and "
            f"num_components={num_components}"
        )

    center = np.average(values, weights=counts)
    variance = np.average((values - center) ** 2, weights=counts)
    mixture = LabelMixture(
        np.quantile(values, (np.arange(num_components) + 0.5) / num_components),
        np.full(num_components, variance / num_components),
        np.full(num_components, 1 / num_components),
    )
    before = -np.inf
    for _ in range(max_rounds):
        shares, likelihood = _shares(values, counts, mixture)
        if likelihood - before < tolerance:
            break
        before = likelihood
        mixture = _moments(
            values,
            counts[:, None] * (shares + SMALLEST_SHARE),
            SMALLEST_VARIANCE * variance,
        )
    order = np.argsort(mixture.means)
    return LabelMixture(*(part[order] for part in mixture))


def _merged(
    values: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Means and counts of the cells of a grid that hold labels."""
    center = np.average(values, weights=counts)
    width = GRID * np.sqrt(np.average((values - center) ** 2, weights=counts))
    _, cells = np.unique(np.floor(values / width), return_inverse=True)
    sizes = np.bincount(cells, counts)
    return np.bincount(cells, counts * values) / sizes, sizes


def _shares(
    values: np.ndarray, counts: np.ndarray, mixture: LabelMixture
) -> tuple[np.ndarray, float]:
    """Shares of each value, `(values, components)`, and the likelihood."""
    distance = (values[:, None] - mixture.means) ** 2 / mixture.variances
    logs = np.log(mixture.weights) - 0.5 * (
        np.log(2 * np.pi * mixture.variances) + distance
    )
    total = np.logaddexp.reduce(logs, axis=1)
    likelihood = float(np.average(total, weights=counts))
    return np.exp(logs - total[:, None]), likelihood


def _moments(
    values: np.ndarray, parts: np.ndarray, smallest_variance: float
) -> LabelMixture:
    """The mixture that fits parts of labels, `(values, components)`, best."""
    sizes = parts.sum(axis=0)
    means = values @ parts / sizes
    squared = (values[:, None] - means) ** 2
    variances = (parts * squared).sum(axis=0) / sizes
    return LabelMixture(
        means, np.maximum(variances, smallest_variance), sizes / sizes.sum()
    )
