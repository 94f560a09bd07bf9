"""CISIR's loss: errors of rare labels, and the correlation of a batch."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import sized_error
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_positive
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.bin_weights import check_bin_weights
from keras_groupdir.losses.bin_weights import weights_of_labels
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor

ERRORS = ("absolute", "squared")
# Share of the labels' spread that predictions have at least, so that the
# gradient of equal ones is finite: at most 100 over the spread.
SMALLEST_SPREAD = 0.01
# Labels whose spread is a millionth of `scale` or less, about the rounding of
# float32, have none, and nothing is correlated with them.
NO_VARIANCE = 1e-12


def correlated_error(
    labels: Tensor,
    predictions: Tensor,
    bins: LabelGroups,
    bin_weights: ArrayLike,
    scale: float = 1.0,
    error: str = "absolute",
    weight: float = 0.1,
) -> Tensor:
    """Weighted error, plus what is missing of a correlation of 1.

    With `w_i` the weight of the bin of the label `y_i`, `f_i` the prediction,
    and means and moments of the batch weighed by `w`,

    ```
    loss_i = w_i * |y_i - f_i| / scale + weight * (1 - r)
    r = cov(y, f) / sqrt(var(y) * (var(f) + 1e-4 * var(y)))
    ```

    or the square of the first part. The `1e-4` is of this library: predictions
    that are all the same, as at the start of training, have a correlation of 0
    and a finite gradient. A batch of one label has no second part.

    With several replicas the correlation is that of all their samples.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        predictions: In label units. Shape `(batch,)` or `(batch, 1)`.
        bins: Bins of the label range.
        bin_weights: Positive weight of each bin, as from
            `labels.involution_weights`. Shape `(num_bins,)`.
        scale: Positive float, in label units. Defaults to `1.0`.
        error: `"absolute"` or `"squared"`. Defaults to `"absolute"`.
        weight: Of the correlation, at least 0. Defaults to `0.1`.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 8, num_groups=2)
    >>> labels, weights = [1.0, 2.0, 6.0], [0.5, 2.0]
    >>> rising = correlated_error(labels, [2.0, 3.0, 5.0], bins, weights)
    >>> falling = correlated_error(labels, [2.0, 1.0, 5.0], bins, weights)
    >>> bool(ops.sum(rising) < ops.sum(falling))
    True

    Reference:
    - [Moukpe et al., 2025](https://arxiv.org/abs/2509.16339), CISIR.
    """
    bins = check_groups(bins, "bins")
    bin_weights = check_bin_weights(bin_weights, bins)
    scale = check_positive("scale", scale)
    weight = check_not_negative("weight", weight)
    check_choice("error", error, ERRORS)
    labels = plain_labels(labels, predictions)
    values = plain_labels(predictions, name="predictions")
    weights = weights_of_labels(labels, bins, bin_weights)
    size = sized_error((labels - values) / scale, error, 1.0)

    replicas = current_replicas(ops.shape(values)[0])
    missing = _missing_correlation(
        replicas.gather(labels / scale),
        replicas.gather(values / scale),
        replicas.gather(weights),
    )
    return weights * size + weight * missing


def _missing_correlation(
    labels: Tensor, values: Tensor, weights: Tensor
) -> Tensor:
    """1 minus the weighted correlation; 0 where labels are all the same."""
    share = weights / ops.sum(weights)
    label = labels - ops.sum(share * labels)
    value = values - ops.sum(share * values)
    variance = ops.sum(share * ops.square(label))
    # NaN is not below anything, and stays.
    is_none = variance <= NO_VARIANCE
    variance = ops.where(is_none, 1.0, variance)
    spread = ops.sum(share * ops.square(value)) + SMALLEST_SPREAD**2 * variance
    # Root by root: the product of two variances may be below float32.
    root = ops.sqrt(variance) * ops.sqrt(spread)
    correlation = ops.sum(share * label * value) / root
    return ops.where(is_none, 0.0, 1 - correlation)


@keras.saving.register_keras_serializable(package="keras_groupdir")
class CorrelatedError(LabelLoss):
    """Errors of rare labels, and the correlation of the batch (CISIR).

    Takes the float label and the prediction; see `correlated_error` for the
    formula. It is for batches that hold labels of the whole range, as those of
    the recipe `cisir` do. Weights of samples count for the first part alone,
    but that the mean of the second is weighed with it.

    Args:
        bins: Bins of the label range, from `LabelGroups.histogram`.
        bin_weights: Positive weight of each bin, as from
            `labels.involution_weights`. Shape `(num_bins,)`.
        scale: Positive float, in label units. Defaults to `1.0`.
        error: `"absolute"` or `"squared"`. Defaults to `"absolute"`.
        weight: Of the correlation, at least 0. Defaults to `0.1`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 8, num_groups=2)
    >>> loss = CorrelatedError(bins, bin_weights=[0.5, 2.0], scale=8.0)
    >>> loss([1.0, 6.0], [[2.0], [5.0]]).shape == ()
    True

    Reference:
    - [Moukpe et al., 2025](https://arxiv.org/abs/2509.16339), CISIR.
    """

    def __init__(
        self,
        bins: LabelGroups,
        bin_weights: ArrayLike,
        scale: float = 1.0,
        error: str = "absolute",
        weight: float = 0.1,
        name: str = "correlated_error",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.bins = check_groups(bins, "bins")
        self.bin_weights = check_bin_weights(bin_weights, self.bins).tolist()
        self.scale = check_positive("scale", scale)
        self.error = check_choice("error", error, ERRORS)
        self.weight = check_not_negative("weight", weight)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return correlated_error(
            y_true,
            y_pred,
            self.bins,
            self.bin_weights,
            self.scale,
            self.error,
            self.weight,
        )
