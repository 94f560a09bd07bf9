"""Numerically safe helpers shared by losses, layers and metrics."""

from typing import Any

import numpy as np
from keras import ops

from keras_groupdir.types import Tensor

# Stands for log(0): far below any real logit, and finite, so that the
# difference of two of them is 0 and not NaN.
LOG_ZERO = -1e30
# Names of the labels in messages: of a function, and of a loss.
LABELS = "labels` or `y_true"


def unit_norm(x: Tensor, epsilon: float = 1e-12) -> Tensor:
    """Scales the last axis to unit L2 norm; rows next to zero become zero.

    A row of zeros has no direction, and its gradient is 0: `ops.normalize` has
    NaN there on JAX and torch, and a division by a small constant would give
    that row a gradient of the constant's inverse.

    Args:
        x: Tensor of any rank.
        epsilon: Largest squared norm that counts as zero.

    Returns:
        Tensor of the shape of `x`.
    """
    squared_norm = ops.sum(ops.square(x), axis=-1, keepdims=True)
    # NaN is not below anything, and stays.
    is_none = squared_norm <= epsilon
    scale = ops.rsqrt(ops.where(is_none, 1.0, squared_norm))
    return x * ops.where(is_none, 0.0, scale)


def log_add_exp(a: Tensor, b: Tensor) -> Tensor:
    """Returns `log(exp(a) + exp(b))` for finite `a` and `b`."""
    # A constant shift: the gradient of a maximum is one-sided where both agree.
    shift = ops.stop_gradient(ops.maximum(a, b))
    return shift + ops.log(ops.exp(a - shift) + ops.exp(b - shift))


def log_sum_exp(x: Tensor, keepdims: bool = False) -> Tensor:
    """Log of the sum of `exp(x)` along the last axis, compiled too.

    A compiler may compute an entry twice, once for the maximum and once to
    have it taken away, and round the two differently: of large entries `x -
    max` is then far above 0, and its exponential infinite.

    Args:
        x: Logs, finite. Shape `(batch, size)`.
        keepdims: Whether the axis stays.
    """
    shift = ops.stop_gradient(ops.max(x, axis=-1, keepdims=True))
    below = x - shift
    # The gradient is that of the difference, also where it is cut.
    below = below - ops.stop_gradient(ops.maximum(below, 0.0))
    total = ops.sum(ops.exp(below), axis=-1, keepdims=True)
    result = shift + ops.log(total)
    return result if keepdims else ops.squeeze(result, axis=-1)


def reverse_cumulative_logsumexp(x: Tensor, size: int) -> Tensor:
    """Log of the suffix sums of `exp(x)` along the last axis.

    By doubling: after round `r` an entry covers the `2**r` entries from its
    own on. `ceil(log2(size))` rounds, each stable at any scale.

    Args:
        x: Logs, finite. Shape `(batch, size)`.
        size: Length of the last axis.

    Returns:
        `out[:, k] = log(sum_{m >= k} exp(x[:, m]))`. Shape `(batch, size)`.
    """
    reach = 1
    while reach < size:
        shifted = ops.pad(
            x[:, reach:], [[0, 0], [0, reach]], constant_values=LOG_ZERO
        )
        x = log_add_exp(x, shifted)
        reach *= 2
    return x


def first_max_one_hot(logits: Tensor) -> Tensor:
    """One-hot rows at the first largest entry: `one_hot(argmax(logits))`.

    Built from comparisons, because `ops.argmax` breaks the ONNX, OpenVINO and
    LiteRT exports of Keras 3.15. A row with NaN gives NaN.

    Args:
        logits: Tensor of shape `(batch, groups)`.

    Returns:
        Tensor of zeros and ones of the shape and type of `logits`.
    """
    largest = ops.max(logits, axis=-1, keepdims=True)
    is_largest = ops.cast(ops.equal(logits, largest), logits.dtype)
    is_first = ops.equal(ops.cumsum(is_largest, axis=-1), 1)
    return where_nan(logits, is_largest * ops.cast(is_first, logits.dtype))


def where_nan(source: Tensor, values: Tensor) -> Tensor:
    """Values, but NaN in the rows where `source` has NaN.

    For what a sort, a maximum or a comparison would make a number of.

    Args:
        source: Shape `(batch, columns)`.
        values: Shape `(batch,)` or `(batch, columns)`.
    """
    total = ops.sum(source, axis=-1, keepdims=len(values.shape) == 2)
    return ops.where(ops.isnan(total), ops.cast(total, values.dtype), values)


def mean_and_variance(
    gaussians: Tensor, smallest: float
) -> tuple[Tensor, Tensor]:
    """Halves of what a `layers.GaussianEmbedding` returns.

    Args:
        gaussians: Means, then as many variances. Shape `(batch, 2 * units)`.
        smallest: Variances below this, also negative ones, count as this and
            have a gradient of 0.

    Returns:
        Means and variances, each of shape `(batch, units)`.
    """
    shape = tuple(gaussians.shape)
    if len(shape) != 2 or not shape[1] or shape[1] % 2:
        raise ValueError(
            "`gaussians` must have shape (batch, 2 * units): means, then "
            f"variances. Received: shape {shape}"
        )
    units = shape[1] // 2
    return gaussians[:, :units], ops.maximum(gaussians[:, units:], smallest)


def sized_error(error: Tensor, kind: str, delta: float) -> Tensor:
    """Squared, absolute or Huber size of errors, element by element."""
    if kind == "squared":
        return ops.square(error)
    size = ops.abs(error)
    if kind == "absolute":
        return size
    capped = ops.minimum(size, delta)
    return capped * (size - 0.5 * capped)


def static_shape(values: Any) -> tuple[int | None, ...] | None:
    """What is known of a shape; `None` where TensorFlow knows no rank."""
    if isinstance(values, list | tuple):
        return np.shape(values)
    shape = getattr(values, "shape", ())
    if getattr(shape, "rank", 0) is None:
        return None
    return tuple(shape)


def check_flat(name: str, values: Any, outputs: Any = None) -> None:
    """Refuses a tensor that is not one number per sample of a batch.

    Args:
        name: The argument, for the message.
        values: Shape `(batch,)` or `(batch, 1)`.
        outputs: What has a row for each of them, or `None`.
    """
    shape = static_shape(values) or ()
    if len(shape) > 2 or any(width not in (1, None) for width in shape[1:]):
        raise ValueError(
            f"`{name}` must have shape (batch,) or (batch, 1). "
            f"Received: shape {shape}"
        )
    rows = (static_shape(outputs) or ())[:1]
    if rows and shape and None not in (rows[0], shape[0]) and rows != shape[:1]:
        raise ValueError(
            f"`{name}` must have as many rows as the output, `y_pred`. "
            f"Received: {shape[0]} and {rows[0]} rows"
        )


def plain_labels(
    labels: Tensor, outputs: Any = None, name: str = LABELS
) -> Tensor:
    """Labels of a batch, or what goes with them, float32. Shape `(batch,)`.

    Args:
        labels: Shape `(batch,)` or `(batch, 1)`.
        outputs: What has a row for each label, or `None`.
        name: The argument, for the message.
    """
    labels = ops.cast(ops.convert_to_tensor(labels), "float32")
    check_flat(name, labels, outputs)
    return ops.reshape(labels, (-1,))


def group_columns(
    outputs: Tensor, num_groups: int, name: str, each: str = "group"
) -> Tensor:
    """Outputs of a batch that have a column for each group, float32.

    Args:
        outputs: Shape `(batch, num_groups)`.
        num_groups: Number of groups.
        name: The argument, for the message.
        each: What there is a column for, for the message.
    """
    outputs = ops.cast(ops.convert_to_tensor(outputs), "float32")
    shape = tuple(outputs.shape)
    if len(shape) != 2 or shape[1] not in (num_groups, None):
        raise ValueError(
            f"`{name}` must have a column for each {each}, shape (batch, "
            f"{num_groups}). Received: shape {shape}"
        )
    return outputs
