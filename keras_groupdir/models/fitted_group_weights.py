"""The group weights that make a trained model best on held-out samples."""

import math
from functools import partial
from typing import Any
from typing import NamedTuple

import numpy as np
from keras import ops

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_whole
from keras_groupdir.layers import routing_weights
from keras_groupdir.models.check_group_regressor import check_group_regressor
from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.models.search_weights import RoutedErrors
from keras_groupdir.models.search_weights import search_weights
from keras_groupdir.scores.check_order import check_order
from keras_groupdir.scores.evaluate_shots import check_length
from keras_groupdir.types import ArrayLike


class FittedGroupWeights(NamedTuple):
    """What `fit_group_weights` returns.

    Attributes:
        model: With the group weights, not compiled; as it was if it had none
            and they are all the same.
        group_weights: Of mean 1. Shape `(num_groups,)`.
        error: Mean on the samples that they were fitted to, never larger than
            before.
        error_before: On the same samples, without group weights.
        not_fitted: Why there was nothing to fit them to, or `None`.
    """

    model: GroupRegressor
    group_weights: np.ndarray
    error: float
    error_before: float
    not_fitted: str | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What was found, or why nothing was, ready for JSON."""
        found: dict[str, Any] = {
            "group_weights": [float(f"{w:.4g}") for w in self.group_weights]
        }
        if self.not_fitted is not None:
            found["not_fitted"] = self.not_fitted
        return found

    @property
    def said(self) -> str:
        """The same for people."""
        if self.not_fitted is not None:
            return f"no weights of groups: {self.not_fitted}"
        shown = [float(f"{weight:.2g}") for weight in self.group_weights]
        return (
            f"weights of groups {shown}; "
            f"error {self.error:.4g}, {self.error_before:.4g} without"
        )


def fit_group_weights(
    model: GroupRegressor,
    x: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    penalty: float = 0.5,
    samples_per_group: int = 10,
    **kwargs: Any,
) -> FittedGroupWeights:
    """Gives a trained model the group weights that held-out samples ask for.

    Training labels are skewed: the model comes to expect common groups more
    often than they occur where rare ones matter. `choose_prior_correction`
    undoes that by one number for all groups; here each group has its own. With
    the shares `r_g(x)` of the routing, see `layers.routing_weights`, and the
    experts' values `v_g(x)`, the weights `w_g` minimize

    ```
    prediction = sum_g w_g r_g(x) v_g(x) / sum_g w_g r_g(x)
    mean error of prediction / spread of y + penalty * sum_g (log w_g)^2 / n
    ```

    of `n` samples, where error and spread are the mean squared distance, the
    spread's from the mean, if the model's error is squared, else the mean
    absolute one, the spread's from the median, or the range of the groups if
    all labels are the same. The more samples, the less the penalty holds
    weights at 1, which are no correction. Weights are found one group at a
    time, each in steps of its logarithm that are halved when none helps, and
    returned as multiples of their mean.

    With sample weights both means are weighted, as for a model that was trained
    with some. If what is found makes the plain mean error larger, so that
    common labels lose more than rare ones gain, samples count alike after all.

    Samples must be as common as where the model will be used, and not be those
    it was trained on. Error on them is too small afterwards, by what that many
    weights can learn by heart: judge the model on others.

    Args:
        model: Trained `GroupRegressor`. Group weights that it has are replaced.
        x: Validation inputs, as for `predict`.
        y: Validation labels. Shape `(n,)` or `(n, 1)`.
        sample_weight: How much each sample counts; one of 0 is left out.
            Shape `(n,)`. Defaults to all alike.
        penalty: At least 0. Defaults to `0.5`.
        samples_per_group: With fewer samples than so many times the number of
            groups nothing is fitted, and neither where a prediction is not
            finite: `not_fitted` says so. Defaults to `10`.
        **kwargs: As for `keras.Model.predict`.

    Returns:
        `FittedGroupWeights`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=5)
    >>> model = GroupRegressor(encoder, groups)
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> fitted = fit_group_weights(
    ...     model, x, y, samples_per_group=1, verbose=0
    ... )
    >>> fitted.group_weights.shape, fitted.error <= fitted.error_before
    ((5,), True)

    References:
    - [Saerens et al., 2002](https://doi.org/10.1162/089976602753284446), on
      posteriors under other priors.
    - [Hooke & Jeeves, 1961](https://doi.org/10.1145/321062.321069), on the
      search.
    """
    check_group_regressor(model)
    labels = check_labels("y", y).astype("float64")
    penalty = check_not_negative("penalty", penalty)
    check_whole("samples_per_group", samples_per_group, at_least=0)
    if sample_weight is None:
        sample_weight = np.ones(len(labels))
    counts = check_counts(
        "sample_weight", sample_weight, len(labels), "samples"
    )
    check_order(x, labels)
    outputs = model.predict_outputs(x, **kwargs)
    check_length(outputs["prediction"], labels)
    is_counted = counts > 0
    counts = counts[is_counted]
    routed = _routed(
        model,
        {name: values[is_counted] for name, values in outputs.items()},
        labels[is_counted],
    )
    logs = np.zeros(model.groups.num_groups)
    before = float(routed.errors(logs).mean())
    needed = samples_per_group * len(logs)
    not_fitted = None
    if len(counts) < needed:
        not_fitted = f"{len(counts)} samples, where {needed} are needed"
    elif not math.isfinite(before):
        # A model that has diverged is not to be mended.
        not_fitted = "not all predictions are finite"
    else:
        unit = model.groups.span ** (2 if model.error == "squared" else 1)
        search = partial(search_weights, routed, unit, penalty / len(counts))
        logs = search(counts)
        if routed.errors(logs).mean() > before:
            logs = search(np.ones_like(counts))
    weights = np.exp(logs - logs.max())
    weights /= weights.mean()
    head = model.head
    if logs.any() or head.group_weights is not None:
        given = weights if logs.any() else None
        model = model.with_routing(head.routing, given, head.temperature)
    error = float(routed.errors(logs).mean())
    return FittedGroupWeights(model, weights, error, before, not_fitted)


def _routed(
    model: GroupRegressor, outputs: dict[str, np.ndarray], labels: np.ndarray
) -> RoutedErrors:
    head = model.head
    shares = routing_weights(
        outputs["group_logits"],
        # Hard routing weighs these, and then takes the largest.
        "soft" if head.routing == "hard" else head.routing,
        head.beta,
        temperature=head.temperature,
    )
    return RoutedErrors(
        ops.convert_to_numpy(shares).astype("float64"),
        outputs["expert_values"].astype("float64").reshape(shares.shape),
        labels,
        is_hard=head.routing == "hard",
        is_squared=model.error == "squared",
    )
