"""The routing of a set whose labels nobody has, from its inputs alone."""

from typing import Any
from typing import NamedTuple

import numpy as np
from keras import ops

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_whole
from keras_groupdir.layers import routing_weights
from keras_groupdir.models.check_group_regressor import check_group_regressor
from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.types import ArrayLike

# Shares of groups that change by less have settled.
SETTLED = 1e-6
# A group keeps this share, so that its weight is above 0.
SMALLEST = 1e-6


class LabelShift(NamedTuple):
    """What `estimate_label_shift` returns.

    Attributes:
        model: With the group weights that follow.
        shares: Estimated share of each group. Shape `(num_groups,)`.
        iterations: How many it took; the most allowed if it did not settle.
    """

    model: GroupRegressor
    shares: np.ndarray
    iterations: int


def estimate_label_shift(
    model: GroupRegressor,
    x: Any,
    train_labels: ArrayLike,
    max_iterations: int = 200,
    **kwargs: Any,
) -> LabelShift:
    """Estimates how common groups are where the model is used.

    With the classifier's posterior `p(g | x)` under training shares `t_g`, EM
    from `s = t` on:

    ```
    q_g(x) = s_g / t_g * p(g | x), rescaled to sum to 1
    s_g    = mean of q_g(x) over the inputs
    ```

    The group weights are then `s_g / t_g`. It needs inputs as they will come,
    and no label; it is as good as the posterior is. That of the default
    losses, which train it to route well, is not: on each of nine tables it did
    harm, see `docs/results.md`. Where there are held-out labels that are as
    common as in use, take `fit_group_weights`.

    Args:
        model: Trained `GroupRegressor`.
        x: Inputs of the set, as for `predict`.
        train_labels: Training labels. Shape `(m,)` or `(m, 1)`.
        max_iterations: Defaults to `200`.
        **kwargs: As for `keras.Model.predict`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> model = GroupRegressor.from_labels(encoder, y, 2)
    >>> shift = estimate_label_shift(model, x, y, verbose=0)
    >>> round(float(shift.shares.sum()), 6)
    1.0

    Reference:
    - [Saerens et al., 2002](https://doi.org/10.1162/089976602753284446)
    """
    check_group_regressor(model)
    check_whole("max_iterations", max_iterations, at_least=1)
    labels = check_labels("train_labels", train_labels)
    # As in `labels.group_prior_weights`: an empty group could come to be.
    counts = np.maximum(model.groups.counts(labels), 1.0)
    trained = counts / counts.sum()
    logits = model.predict_outputs(x, **kwargs)["group_logits"]
    # Hard routing has no posterior.
    head = model.head
    routing = "soft" if head.routing == "hard" else head.routing
    posterior = ops.convert_to_numpy(
        routing_weights(
            logits, routing, head.beta, temperature=head.temperature
        )
    ).astype("float64")
    bad = np.flatnonzero(~np.isfinite(posterior).all(axis=1))
    if bad.size:
        raise ValueError(
            "`model` must give finite outputs for `x`. Received: NaN for "
            f"{bad.size} samples, the first at index {bad[0]}"
        )
    shares = trained
    iterations = 0
    for _ in range(max_iterations):
        iterations += 1
        corrected = posterior * (shares / trained)
        corrected /= corrected.sum(axis=1, keepdims=True)
        before, shares = shares, np.maximum(corrected.mean(axis=0), SMALLEST)
        if np.abs(shares - before).max() < SETTLED:
            break
    weights = shares / trained
    corrected_model = model.with_routing(
        head.routing, weights / weights.mean(), head.temperature
    )
    return LabelShift(corrected_model, shares / shares.sum(), iterations)
