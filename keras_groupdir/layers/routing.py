"""From group logits and expert values to one prediction."""

import numpy as np
from keras import ops

from keras_groupdir._numerics import first_max_one_hot
from keras_groupdir._numerics import group_columns
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.labels.soft_labels import check_beta
from keras_groupdir.labels.soft_labels import unblur_table
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor

ROUTINGS = ("hard", "soft", "mixture")


def routing_weights(
    group_logits: Tensor,
    routing: str = "mixture",
    beta: float | None = 1.0,
    group_weights: ArrayLike | None = None,
    temperature: float = 1.0,
) -> Tensor:
    """How much each expert counts, per sample.

    With `p = softmax(group_logits)` and `K` the matrix of soft labels:

    - `"hard"`: 1 for the group with the largest logit, the first of equals.
      The paper's rule.
    - `"soft"`: `p`.
    - `"mixture"`: `max(p K^-1, 0)`, rescaled to sum to 1. A classifier trained
      on soft labels estimates the posterior over groups times `K`, which pulls
      `p` towards the middle of the range; this takes the blur back out.

    `group_weights` `w` correct for groups that are more common in training than
    where the model is used: `p`, or what the mixture makes of it, is replaced
    by `w * p`, rescaled to sum to 1. See `group_prior_weights`. With a
    `temperature` `T` it is `w * p^(1 / T)`: above 1 groups count more alike,
    below 1 the likeliest counts more.

    Args:
        group_logits: Shape `(batch, num_groups)`.
        routing: `"hard"`, `"soft"` or `"mixture"`. Defaults to `"mixture"`.
        beta: The `beta` of the soft labels the logits were trained on; `None`
            for one-hot labels, where `"mixture"` is `"soft"`. Defaults to
            `1.0`.
        group_weights: Positive numbers, or `None` for none. Shape
            `(num_groups,)`. Defaults to `None`.
        temperature: Positive. Defaults to `1.0`.

    Returns:
        Rows that sum to 1. Shape `(batch, num_groups)`.

    Examples:

    >>> logits = np.log([[0.212, 0.576, 0.212]])  # soft label of group 1
    >>> soft = routing_weights(logits, "soft")
    >>> print(keras.ops.convert_to_numpy(soft).round(2))
    [[0.21 0.58 0.21]]
    >>> mixture = routing_weights(logits, "mixture", beta=1.0)
    >>> print(keras.ops.convert_to_numpy(mixture).round(2))
    [[0. 1. 0.]]

    Reference:
    - Pu et al., Group-DIR, AAAI 2025, Lemma 1 (the mixture).
    - [Saerens et al., 2002](https://doi.org/10.1162/089976602753284446), on
      posteriors under other priors (the group weights).
    - [Guo et al., 2017](https://arxiv.org/abs/1706.04599), on temperatures.
    """
    check_choice("routing", routing, ROUTINGS)
    temperature = check_positive("temperature", temperature)
    group_logits = ops.convert_to_tensor(group_logits)
    if len(group_logits.shape) != 2:
        raise ValueError(
            "`group_logits` must have shape (batch, num_groups). "
            f"Received: shape {tuple(group_logits.shape)}"
        )
    # The table that undoes a blur has numbers beyond half precision.
    logits = ops.cast(group_logits, "float32")
    shares = _shares(logits, routing, beta, group_weights, temperature)
    return ops.cast(shares, group_logits.dtype)


def _shares(
    group_logits: Tensor,
    routing: str,
    beta: float | None,
    group_weights: ArrayLike | None,
    temperature: float,
) -> Tensor:
    if group_weights is None and temperature == 1:
        return _plain_weights(group_logits, routing, beta)
    size = group_logits.shape[-1]
    weights = np.ones(size)
    if group_weights is not None:
        weights = check_group_weights(group_weights, size)
    if routing == "hard":
        shift = ops.convert_to_tensor(np.log(weights), "float32")
        return first_max_one_hot(group_logits / temperature + shift)
    shares = _plain_weights(group_logits, routing, beta)
    shares = _flattened(shares, temperature)
    shares = shares * ops.convert_to_tensor(weights, "float32")
    return shares / ops.sum(shares, axis=-1, keepdims=True)


def _flattened(shares: Tensor, temperature: float) -> Tensor:
    """`shares^(1 / temperature)`, of which the largest is 1."""
    if temperature == 1:
        return shares
    # Else small powers of all of them are 0, and their sum is.
    shares = shares / ops.max(shares, axis=-1, keepdims=True)
    # A root has no slope at 0; an expert without a share learns nothing.
    is_none = shares <= 0
    powers = ops.power(ops.where(is_none, 1.0, shares), 1 / temperature)
    return ops.where(is_none, 0.0, powers)


def check_group_weights(
    group_weights: ArrayLike, num_groups: int
) -> np.ndarray:
    """Weights of groups with a mean of 1, one positive number per group."""
    weights = np.asarray(group_weights, dtype="float64")
    if weights.shape != (num_groups,):
        raise ValueError(
            "`group_weights` must hold one number per group, shape "
            f"({num_groups},). Received: shape {weights.shape}"
        )
    if not np.isfinite(weights).all() or (weights <= 0).any():
        raise ValueError(
            "`group_weights` must be positive and finite. "
            f"Received: group_weights={weights.tolist()}"
        )
    return weights / weights.mean()


def _plain_weights(
    group_logits: Tensor, routing: str, beta: float | None
) -> Tensor:
    if routing == "hard":
        return first_max_one_hot(group_logits)
    probs = ops.softmax(group_logits, axis=-1)
    if routing == "soft" or beta is None:
        return probs
    table = unblur_table(group_logits.shape[-1], check_beta(beta))
    # Rows of the table sum to 1, so the positive part sums to at least 1.
    # Not by relu, which some runtimes let turn NaN into 0.
    sharp = ops.matmul(probs, ops.convert_to_tensor(table, dtype=probs.dtype))
    sharp = ops.where(sharp < 0, ops.zeros_like(sharp), sharp)
    return sharp / ops.sum(sharp, axis=-1, keepdims=True)


def route(
    group_logits: Tensor,
    expert_values: Tensor,
    routing: str = "mixture",
    beta: float | None = 1.0,
    group_weights: ArrayLike | None = None,
    temperature: float = 1.0,
) -> Tensor:
    """Mixes the experts' values by `routing_weights`.

    Args:
        group_logits: Shape `(batch, num_groups)`.
        expert_values: In label units. Shape `(batch, num_groups)`.
        routing: See `routing_weights`.
        beta: See `routing_weights`.
        group_weights: See `routing_weights`.
        temperature: See `routing_weights`.

    Returns:
        Predictions in label units. Shape `(batch, 1)`.

    Examples:

    >>> prediction = route([[0.0, 3.0]], [[10.0, 20.0]], routing="hard")
    >>> keras.ops.convert_to_numpy(prediction).tolist()
    [[20.0]]
    """
    logits = ops.cast(ops.convert_to_tensor(group_logits), "float32")
    weights = routing_weights(logits, routing, beta, group_weights, temperature)
    values = group_columns(expert_values, weights.shape[1], "expert_values")
    mixed = ops.sum(weights * values, axis=-1, keepdims=True)
    return ops.cast(mixed, ops.convert_to_tensor(expert_values).dtype)
