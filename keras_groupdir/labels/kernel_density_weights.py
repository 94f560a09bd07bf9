"""DenseWeight: sample weights from a smooth density of the labels.

All of it is NumPy on the training labels, before training, and needs no bins.
"""

import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_positive
from keras_groupdir.types import ArrayLike

# The density is computed on a grid of this many points per bandwidth, and a
# bell ends after this many bandwidths.
STEPS_PER_BANDWIDTH = 32
REACH = 5
# Bandwidths apart, labels have nothing to do with each other.
FAR = 2 * REACH + 2

# Densities this close, relative to the largest, count as equal: the grid knows
# them no better.
SAME_DENSITY = 1e-3

# Quartiles of a normal distribution are so many standard deviations apart.
NORMAL_QUARTILES_APART = 1.3489795


def silverman_bandwidth(labels: ArrayLike) -> float:
    """Silverman's rule of thumb for the width of a Gaussian kernel.

    ```
    (3 n / 4)**(-1/5) * min(standard deviation, interquartile range / 1.349)
    ```

    An interquartile range of 0, where half the labels are the same, is left
    out. Labels that are all the same have a bandwidth of 1.

    Args:
        labels: Labels. Shape `(n,)` or `(n, 1)`.

    Returns:
        Bandwidth, in label units.

    Examples:

    >>> round(silverman_bandwidth([1.0, 2.0, 3.0, 4.0]), 3)
    0.893

    Reference:
    - Silverman, Density Estimation for Statistics and Data Analysis, 1986.
    """
    labels = check_labels("labels", labels)
    if np.ptp(labels) == 0:
        return 1.0
    spread = np.std(labels, ddof=1)
    lower, upper = np.quantile(labels, [0.25, 0.75])
    if upper > lower:
        spread = min(spread, (upper - lower) / NORMAL_QUARTILES_APART)
    return float((0.75 * len(labels)) ** -0.2 * spread)


def kernel_density(
    train_labels: ArrayLike,
    labels: ArrayLike | None = None,
    bandwidth: float | None = None,
) -> np.ndarray:
    """Gaussian kernel density estimate of the training labels.

    ```
    p(y) = mean_i exp(-(y - y_i)**2 / (2 bandwidth**2))
           / (bandwidth sqrt(2 pi))
    ```

    Labels are shared out between the points of a grid, so the cost grows with
    the number of labels and not with its square; values are right to about a
    thousandth.

    Args:
        train_labels: Labels to estimate from. Shape `(n,)` or `(n, 1)`.
        labels: Where to estimate, if not at the training labels themselves.
            Shape `(m,)`.
        bandwidth: Positive width of the kernel, in label units. Defaults to
            that of `silverman_bandwidth`.

    Returns:
        Density, per label unit. Shape `(n,)`, or `(m,)` with `labels`.

    Examples:

    >>> kernel_density([0.0], [0.0, 1.0], bandwidth=1.0).round(3)
    array([0.399, 0.242])
    """
    train = check_labels("train_labels", train_labels)
    wanted = train if labels is None else check_labels("labels", labels)
    if bandwidth is None:
        bandwidth = silverman_bandwidth(train)
    step = check_positive("bandwidth", bandwidth) / STEPS_PER_BANDWIDTH

    # Gaps that no bell spans are shortened, or grid points far apart would be
    # more than integers can count.
    values, index = np.unique(np.append(train, wanted), return_inverse=True)
    gaps = np.minimum(np.diff(values, prepend=values[:1]), FAR * bandwidth)
    places = np.cumsum(gaps)[index.reshape(-1)]
    train, wanted = np.split(places, [len(train)])

    # Each label lies between two points of the grid and counts for both.
    left, share = _place(train, step)
    points, index = np.unique([left, left + 1], return_inverse=True)
    mass = np.bincount(index.reshape(-1), np.append(1 - share, share))

    left, share = _place(wanted, step)
    nodes, index = np.unique([left, left + 1], return_inverse=True)
    below, above = _bell_sums(points, mass, nodes)[index.reshape(2, -1)]
    density = (1 - share) * below + share * above
    return density / (len(train) * bandwidth * np.sqrt(2 * np.pi))


def kernel_density_weights(
    train_labels: ArrayLike,
    alpha: float = 1.0,
    labels: ArrayLike | None = None,
    epsilon: float = 1e-6,
) -> np.ndarray:
    """Sample weights that fall in a straight line with the label's density.

    With `p` the `kernel_density` of the training labels, by Silverman's rule,
    and `p'` the same scaled to run from 0 at the rarest training label to 1 at
    the most common:

    ```
    weight = max(1 - alpha * p'(y), epsilon) / mean over the training labels
    ```

    The published code estimates with KDEpy, whose rule of thumb this is; other
    rules (`1.06 s n**(-1/5)`) give other weights, by a third for the rarest of
    heavy-tailed labels.

    For continuous labels that have no natural bins; with bins, see
    `labels.histogram_weights`. At `alpha=1` the most common labels count for
    next to nothing, above it more and more labels do, and at 0 all weights are
    1; so they are where no label is rarer than another.

    Args:
        train_labels: Labels whose density counts. Shape `(n,)` or `(n, 1)`.
        alpha: How much density counts, at least 0. Defaults to `1.0`.
        labels: Labels to weigh, if not the training labels themselves. One
            rarer than all of those weighs like the rarest. Shape `(m,)`.
        epsilon: Positive, the smallest weight before they are scaled. Defaults
            to `1e-6`.

    Returns:
        Weights for `sample_weight`. Shape `(n,)`, or `(m,)` with `labels`.

    Examples:

    >>> kernel_density_weights([1.0, 1.1, 1.2, 3.0]).round(2)
    array([0.21, 0.  , 0.21, 3.57])

    Reference:
    - [Steininger et al., 2021](https://doi.org/10.1007/s10994-021-06023-5)
    """
    alpha = check_not_negative("alpha", alpha)
    epsilon = check_positive("epsilon", epsilon)
    train = check_labels("train_labels", train_labels)
    wanted = train if labels is None else check_labels("labels", labels)
    density = kernel_density(
        train, np.append(train, wanted), silverman_bandwidth(train)
    )
    low, high = density[: len(train)].min(), density[: len(train)].max()
    scaled = np.zeros(len(density))
    if high - low > SAME_DENSITY * high:
        scaled = np.clip((density - low) / (high - low), 0, 1)
    weights = np.maximum(1 - alpha * scaled, epsilon)
    return weights[len(train) :] / weights[: len(train)].mean()


def _place(labels: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Grid point to the left of each label, and how far it is past it."""
    position = labels / step
    left = np.floor(position)
    return left.astype("int64"), position - left


def _bell_sums(
    points: np.ndarray, mass: np.ndarray, nodes: np.ndarray
) -> np.ndarray:
    """Sum of the bells that stand on `points`, at other grid points."""
    sums = np.zeros(len(nodes))
    reach = REACH * STEPS_PER_BANDWIDTH
    for offset in range(-reach, reach + 1):
        height = np.exp(-0.5 * (offset / STEPS_PER_BANDWIDTH) ** 2)
        wanted = nodes + offset
        found = np.minimum(np.searchsorted(points, wanted), len(points) - 1)
        sums += height * np.where(points[found] == wanted, mass[found], 0.0)
    return sums
