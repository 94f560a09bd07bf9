"""Intervals of Student's t distribution, of deep evidential regression."""

import math

import numpy as np

from keras_groupdir.layers.evidential_head import SMALLEST

# With more degrees of freedom t is the normal distribution to all digits.
MOST_FREEDOM = 1e16
# After so many steps up, the series for large numbers has all digits.
SHIFT = 64
# Seven digits or more for a coverage of up to 0.99999, and ten up to 0.9999.
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(48)
MOST_STEPS = 100


def student_interval(evidential: np.ndarray, coverage: float) -> np.ndarray:
    """The middle of what a label is expected to be.

    With the normal-inverse-gamma `gamma, nu, alpha, beta` a label is

    ```
    y ~ Student t(mean gamma, scale sqrt(beta (1 + nu) / (nu alpha)),
                  2 alpha degrees of freedom)
    ```

    Args:
        evidential: Outputs of a `layers.EvidentialHead`. Shape `(n, 4)`.
        coverage: Share between the ends, between 0 and 1.

    Returns:
        Lower and upper ends, float64; NaN where anything is. Shape `(n, 2)`.

    Examples:

    >>> ends = student_interval(np.array([[30.0, 2.0, 3.0, 8.0]]), 0.9)
    >>> ends.round(2)
    array([[26.11, 33.89]])

    Reference:
    - [Amini et al., 2020](https://arxiv.org/abs/1910.02600)
    """
    gamma, nu, alpha, beta = np.asarray(evidential, "float64").T
    nu = np.maximum(nu, SMALLEST)
    scale = np.sqrt(beta * (1 + nu) / (nu * alpha))
    reach = scale * student_reach(2 * alpha, coverage)
    return np.stack([gamma - reach, gamma + reach], axis=1)


def student_reach(freedom: np.ndarray, coverage: float) -> np.ndarray:
    """`t` with `P(|T| <= t) = coverage`, for Student's distribution.

    By `t = sqrt(freedom) tan(angle)` the probability is an integral of a power
    of the cosine, taken by Gauss-Legendre nodes, and a concave
    function of the angle: Newton's steps from 0 rise to its place.

    Args:
        freedom: Degrees of freedom, at least 2. Shape `(n,)`.
        coverage: Between 0 and 1.

    Returns:
        Shape `(n,)`; NaN for NaN.
    """
    freedom = np.minimum(freedom, MOST_FREEDOM)[:, None]
    # The integral up to a right angle.
    whole = math.sqrt(math.pi) / 2 / _gamma_ratio(freedom / 2)
    angle = np.zeros_like(freedom)
    for _ in range(MOST_STEPS):
        nodes = angle * (NODES + 1) / 2
        inside = _power(nodes, freedom) @ NODE_WEIGHTS[:, None] * angle / 2
        step = (coverage * whole - inside) / _power(angle, freedom)
        angle = angle + step
        # NaN is no reason to go on.
        if not np.any(np.abs(step) > 1e-13 * angle):
            break
    return (np.sqrt(freedom) * np.tan(angle))[:, 0]


def _gamma_ratio(a: np.ndarray) -> np.ndarray:
    """`gamma(a + 1/2) / gamma(a)`, without the digits that logs lose."""
    k = np.arange(SHIFT)
    below = np.prod((a + k) / (a + k + 0.5), axis=1, keepdims=True)
    b = 1 / (a + SHIFT)
    terms = 1 - b / 8 + b**2 / 128 + 5 * b**3 / 1024
    terms -= 21 * b**4 / 32768 + 399 * b**5 / 262144
    return below * terms / np.sqrt(b)


def _power(angle: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """`cos(angle) ** (freedom - 1)`, also of small angles and large powers."""
    return np.exp((freedom - 1) / 2 * np.log1p(-np.square(np.sin(angle))))
