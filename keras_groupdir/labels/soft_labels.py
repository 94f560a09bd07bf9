"""Symmetric descending soft labels, and how to undo their blur."""

from typing import Any

import numpy as np
from keras import ops

from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_whole
from keras_groupdir.types import Tensor

# The table of a smaller `beta` is inverted by numbers beyond float32's digits.
SMALLEST_BETA = 1e-3


def soft_labels(
    group_ids: Tensor, num_groups: int, beta: float = 1.0
) -> Tensor:
    """Spreads each group over its neighbours, evenly on both sides.

    ```
    q[i, k] = softmax_k(-beta * |k - group_ids[i]|)
    ```

    The paper writes the entries before the softmax as `G - beta * |k - g|`;
    the softmax does not see the constant `G`.

    Args:
        group_ids: True groups, whole numbers. Shape `(batch,)`.
        num_groups: Number of groups, at least 2.
        beta: At least 1e-3. How fast the label falls off; large values give
            one-hot labels. Defaults to `1.0`.

    Returns:
        Rows that sum to 1. Shape `(batch, num_groups)`.

    Examples:

    >>> rows = soft_labels([0, 1], num_groups=3)
    >>> print(keras.ops.convert_to_numpy(rows).round(3))
    [[0.665 0.245 0.09 ]
     [0.212 0.576 0.212]]

    Reference:
    - Pu et al., Group-DIR, AAAI 2025, "Symmetric Descending Soft Labeling".
    """
    num_groups = check_whole("num_groups", num_groups, at_least=2)
    table = soft_label_table(num_groups, check_beta(beta))
    ids = check_ids(group_ids, num_groups)
    return ops.take(ops.convert_to_tensor(table, dtype="float32"), ids, axis=0)


def check_beta(beta: Any) -> float:
    """Returns `beta` as a float, if the blur it makes can be undone."""
    number = check_number("beta", beta)
    if number < SMALLEST_BETA:
        raise ValueError(
            f"`beta` must be a number of at least {SMALLEST_BETA:g}: soft "
            f"labels are all alike below. Received: beta={beta!r}"
        )
    return number


def check_ids(group_ids: Tensor, num_groups: int) -> Tensor:
    """Returns groups as int32 of shape `(batch,)`.

    What is computed inside of a model has its shape checked alone.
    """
    shape = np.shape(group_ids)
    if len(shape) != 1:
        raise ValueError(
            f"`group_ids` must have shape (batch,). Received: shape {shape}"
        )
    if isinstance(group_ids, list | tuple | np.ndarray):
        ids = np.asarray(group_ids)
        if not np.isin(ids, np.arange(num_groups)).all():
            raise ValueError(
                "`group_ids` must be whole numbers from 0 to "
                f"{num_groups - 1}. Received: {np.unique(ids).tolist()}"
            )
    return ops.cast(group_ids, "int32")


def soft_label_table(num_groups: int, beta: float) -> np.ndarray:
    """The soft label of every group, one a row, in float64.

    Returns:
        Matrix `K`. Shape `(num_groups, num_groups)`.
    """
    index = np.arange(num_groups)
    table = np.exp(-beta * np.abs(index[:, None] - index[None, :]))
    return table / table.sum(axis=1, keepdims=True)


def unblur_table(num_groups: int, beta: float) -> np.ndarray:
    """The inverse of `soft_label_table`, in closed form and float64.

    A classifier trained on soft labels estimates `p = P K` where `P` is the
    posterior over groups; `p @ unblur_table(...)` gives `P` back. With
    `rho = exp(-beta)` the inverse is a tridiagonal matrix times a diagonal.

    Returns:
        Matrix `K^-1`; its rows sum to 1. Shape `(num_groups, num_groups)`.
    """
    rho = np.exp(-beta)
    middle = np.full(num_groups, 1 + rho**2)
    middle[[0, -1]] = 1
    beside = np.full(num_groups - 1, -rho)
    inverse = np.diag(middle) + np.diag(beside, 1) + np.diag(beside, -1)
    index = np.arange(num_groups)
    distance = np.abs(index[:, None] - index[None, :])
    row_sums = np.exp(-beta * distance).sum(axis=1)
    return inverse / (1 - rho**2) * row_sums[None, :]
