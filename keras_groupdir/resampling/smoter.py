"""SMOTE for regression."""

import numpy as np

from keras_groupdir.checks import check_whole
from keras_groupdir.resampling.neighbors import nearest
from keras_groupdir.resampling.neighbors import picked
from keras_groupdir.resampling.resample import Region
from keras_groupdir.resampling.resample import Resampled
from keras_groupdir.resampling.resample import balance
from keras_groupdir.types import ArrayLike


def smoter(
    x: ArrayLike,
    y: ArrayLike,
    seed: int,
    k: int = 5,
    threshold: float = 0.5,
    coef: float = 1.5,
    control_points: ArrayLike | None = None,
) -> Resampled:
    """Makes rare samples between rare neighbors, and drops common ones.

    Sorted by label, samples fall into regions that are rare (relevance of at
    least `threshold`) or common. With `n` samples in `r` regions, `n / r` is
    the size that a rare region is filled up to and a common one is cut down
    to, by chance; no rare sample is dropped. A new sample lies at a random
    point between a rare one and one of its `k` nearest in its region:

    ```
    x' = x_i + t (x_j - x_i),   t uniform in [0, 1]
    y' = (1 - t) y_i + t y_j
    ```

    which weighs the two labels by how near they are. Of two samples with the
    same features the mean label is taken.

    For continuous features only: a table of numbers, or embeddings. Neighbors
    are measured with every feature over its standard deviation. A region with
    a single sample repeats it.

    Args:
        x: Training features, finite. Shape `(n, features)`.
        y: Training labels. Shape `(n,)` or `(n, 1)`.
        seed: Seed of the draw.
        k: Neighbors to choose from; in a smaller region, all. Defaults to `5`.
        threshold: Relevance from which a label is rare. Defaults to `0.5`.
        coef: See `box_plot_points`; not used with `control_points`. Defaults
            to `1.5`.
        control_points: Labels and their relevance, see `relevance`. Defaults
            to those of `box_plot_points`.

    Returns:
        `Resampled`: `x`, `y` and the rows `kept`, whose samples come first.

    Examples:

    >>> x = np.arange(8.0)[:, None]
    >>> y = [1, 2, 3, 4, 5, 6, 30, 40]
    >>> x_new, y_new, kept = smoter(x, y, seed=0)
    >>> kept.tolist(), len(y_new)
    ([1, 2, 3, 4, 5, 6, 7], 8)

    Reference:
    - Torgo et al., SMOTE for Regression, EPIA 2013.
    """
    k = check_whole("k", k, at_least=1)

    def make(
        region: Region, starts: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        neighbors, _ = nearest(region.scaled, k)
        return between(region, starts, picked(neighbors, starts, rng), rng)

    return balance(x, y, make, seed, threshold, coef, control_points)


def between(
    region: Region,
    starts: np.ndarray,
    ends: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Samples at random points between others.

    Args:
        region: Samples to start from and to go to.
        starts: Rows of the region. Shape `(m,)`.
        ends: Rows of the region. Shape `(m,)`.
        rng: Where chance comes from.

    Returns:
        Features, shape `(m, features)`, and labels, shape `(m,)`.
    """
    share = rng.random(len(starts))
    here, there = region.features[starts], region.features[ends]
    features = here + share[:, None] * (there - here)
    share = np.where(np.all(here == there, axis=1), 0.5, share)
    labels = (1 - share) * region.labels[starts] + share * region.labels[ends]
    return features, labels
