"""Deep evidential regression: likelihood of a label, and doubt where wrong."""

import math
from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import plain_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor

# Evidence below this counts as this: a softplus of a very negative number is 0
# in float32, and the log of that is not finite.
SMALLEST = 1e-12
# The same of `beta`, in squared label units: below the noise of any of them.
SMALLEST_BETA = 1e-26


def evidential_regression(
    labels: Tensor, evidential: Tensor, evidence_weight: float = 0.01
) -> Tensor:
    """Minus the log likelihood of a label, plus evidence where it is wrong.

    The prediction `gamma` and its evidence `nu`, `alpha`, `beta` are a
    normal-inverse-gamma over the mean and variance of the label, under which
    the label itself has a t-distribution. With `omega = 2 beta (1 + nu)`,

    ```
    loss_i = log(pi / nu) / 2 - alpha log(omega)
        + (alpha + 1 / 2) log((y - gamma)**2 nu + omega)
        + log(Gamma(alpha) / Gamma(alpha + 1 / 2))
        + evidence_weight * |y - gamma| * (2 nu + alpha)
    ```

    It is negative where predictions are good and sure, which is no fault. The
    second part is in label units: divide its weight by the width of the range
    to have the same of it whatever the unit.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        evidential: `gamma, nu, alpha, beta`, as from `layers.EvidentialHead`;
            `nu` not above 0 counts as 1e-12, `beta` as 1e-26, and `alpha` below
            1 as 1. Shape `(batch, 4)`.
        evidence_weight: Positive float. Defaults to `0.01`.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> sure, unsure = [3.0, 9.0, 9.0, 9.0], [3.0, 0.1, 1.1, 9.0]
    >>> met = evidential_regression([3.0, 3.0], [sure, unsure])
    >>> missed = evidential_regression([60.0, 60.0], [sure, unsure])
    >>> bool(met[0] < met[1]), bool(missed[0] < missed[1])
    (True, False)

    Reference:
    - [Amini et al., 2020](https://arxiv.org/abs/1910.02600)
    """
    evidence_weight = check_positive("evidence_weight", evidence_weight)
    labels = plain_labels(labels, evidential)
    evidential = ops.cast(evidential, "float32")
    if len(evidential.shape) != 2 or evidential.shape[1] != 4:
        raise ValueError(
            "`evidential` must have shape (batch, 4): gamma, nu, alpha, beta. "
            f"Received: shape {tuple(evidential.shape)}"
        )
    nu = ops.maximum(evidential[:, 1], SMALLEST)
    alpha = ops.maximum(evidential[:, 2], 1.0)
    beta = ops.maximum(evidential[:, 3], SMALLEST_BETA)
    error = ops.abs(labels - evidential[:, 0])

    # `alpha log(omega)` is taken together: two large terms would cancel.
    log_scale = ops.log(2 * math.pi * beta) + ops.log1p(1 / nu)
    # e**2 nu / omega: squared last, so that it stays a float32 for longer.
    squared = ops.square(error / ops.sqrt(2 * beta)) * (nu / (1 + nu))
    surprise = (alpha + 0.5) * ops.log1p(squared)
    likelihood = 0.5 * log_scale + surprise - _log_gamma_step(alpha)
    return likelihood + evidence_weight * error * (2 * nu + alpha)


def _log_gamma_step(x: Tensor) -> Tensor:
    """`log(Gamma(x + 1/2) / Gamma(x))` for `x >= 1`, to float32.

    Keras has no gamma function. Five steps of `Gamma(x + 1) = x Gamma(x)` lead
    to where three terms of the series in `1 / x` are enough.
    """
    steps = sum(ops.log1p(0.5 / (x + k)) for k in range(5))
    x = x + 5
    inverse = 1 / x
    square = inverse * inverse
    series = inverse * (1 / 8 - square * (1 / 192 - square / 640))
    return 0.5 * ops.log(x) - series - steps


@keras.saving.register_keras_serializable(package="keras_groupdir")
class EvidentialRegression(LabelLoss):
    """Likelihood under a normal-inverse-gamma, with doubt where wrong (DER).

    Takes the float label and the output of `layers.EvidentialHead`; see
    `evidential_regression` for the formula.

    Args:
        evidence_weight: Positive float, for labels in units of 1. Defaults to
            `0.01`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = EvidentialRegression()
    >>> near = loss([30.0], [[31.0, 1.0, 2.0, 5.0]])
    >>> far = loss([30.0], [[45.0, 1.0, 2.0, 5.0]])
    >>> bool(near < far)
    True

    Reference:
    - [Amini et al., 2020](https://arxiv.org/abs/1910.02600)
    """

    def __init__(
        self,
        evidence_weight: float = 0.01,
        name: str = "evidential_regression",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.evidence_weight = check_positive(
            "evidence_weight", evidence_weight
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return evidential_regression(y_true, y_pred, self.evidence_weight)
