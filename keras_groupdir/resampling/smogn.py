"""SMOTE for regression, with Gaussian noise."""

import numpy as np

from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.resampling.neighbors import nearest
from keras_groupdir.resampling.neighbors import picked
from keras_groupdir.resampling.resample import Region
from keras_groupdir.resampling.resample import Resampled
from keras_groupdir.resampling.resample import balance
from keras_groupdir.resampling.smoter import between
from keras_groupdir.types import ArrayLike


def smogn(
    x: ArrayLike,
    y: ArrayLike,
    seed: int,
    k: int = 5,
    threshold: float = 0.5,
    coef: float = 1.5,
    control_points: ArrayLike | None = None,
    noise: float = 0.02,
) -> Resampled:
    """Makes rare samples near rare ones, and drops common ones.

    As `smoter`, but a neighbor farther away than half the median distance from
    the sample to all others of its region is not gone to. Noise is added
    instead:

    ```
    x' = x_i + s * standard deviation of x in the region * N(0, 1)
    y' = y_i + s * standard deviation of y in the region * N(0, 1)
    s  = min(noise, half the median distance)
    ```

    Args:
        x: See `smoter`.
        y: See `smoter`.
        seed: See `smoter`.
        k: See `smoter`.
        threshold: See `smoter`.
        coef: See `smoter`.
        control_points: See `smoter`.
        noise: Positive, largest share of the standard deviation. Defaults to
            `0.02`.

    Returns:
        `Resampled`: `x`, `y` and the rows `kept`, whose samples come first.

    Examples:

    >>> x = np.arange(8.0)[:, None]
    >>> y = [1, 2, 3, 4, 5, 6, 30, 40]
    >>> x_new, y_new, kept = smogn(x, y, seed=0)
    >>> kept.tolist(), len(y_new)
    ([1, 2, 3, 4, 5, 6, 7], 8)

    Reference:
    - Branco et al., SMOGN: a pre-processing approach for imbalanced regression,
      LIDTA 2017.
    """
    k = check_whole("k", k, at_least=1)
    noise = check_positive("noise", noise)

    def make(
        region: Region, starts: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        neighbors, medians = nearest(region.scaled, k)
        ends = picked(neighbors, starts, rng)
        steps = region.scaled[ends] - region.scaled[starts]
        reach = medians[starts] / 2
        is_near = np.linalg.norm(steps, axis=1) <= reach
        near_x, near_y = between(region, starts, ends, rng)

        size = np.minimum(noise, reach)
        spread = size[:, None] * region.features.std(axis=0, ddof=1)
        noisy_x = rng.normal(region.features[starts], spread)
        spread = size * region.labels.std(ddof=1)
        noisy_y = rng.normal(region.labels[starts], spread)
        return (
            np.where(is_near[:, None], near_x, noisy_x),
            np.where(is_near, near_y, noisy_y),
        )

    return balance(x, y, make, seed, threshold, coef, control_points)
