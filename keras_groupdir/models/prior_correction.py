"""The routing of a set where rare groups are more common than in training."""

from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import numpy as np
from keras import ops

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_numbers
from keras_groupdir.checks import check_positive
from keras_groupdir.labels import group_prior_weights
from keras_groupdir.layers import route
from keras_groupdir.models.check_group_regressor import check_group_regressor
from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.scores.check_order import check_order
from keras_groupdir.scores.evaluate_shots import check_length
from keras_groupdir.types import ArrayLike

# Strength and temperature.
Setting = tuple[float, float]

TAUS = (0.0, 0.25, 0.5, 0.75, 1.0)
# None below 1: sharper routing than was trained is a guess at the likeliest.
TEMPERATURES = (1.0, 1.4, 2.0, 3.0)


class PriorCorrection(NamedTuple):
    """What `choose_prior_correction` returns.

    Attributes:
        model: With what was chosen, or as it was.
        tau: The strength that was chosen; 0 for none.
        temperature: The one that was chosen; 1 for none.
        errors: Validation error by strength and temperature.
    """

    model: GroupRegressor
    tau: float
    temperature: float
    errors: dict[Setting, float]

    @property
    def settings(self) -> dict[str, Any]:
        """What was chosen, ready for JSON."""
        return {"tau": self.tau, "temperature": self.temperature}

    @property
    def said(self) -> str:
        """The same for people."""
        key = self.tau, self.temperature
        return (
            f"prior correction with tau {self.tau:g}, temperature "
            f"{self.temperature:g}; error {self.errors[key]:.4g}, "
            f"{self.errors[0.0, 1.0]:.4g} without"
        )


def choose_prior_correction(
    model: GroupRegressor,
    x: Any,
    y: ArrayLike,
    train_labels: ArrayLike,
    taus: Sequence[float] = TAUS,
    temperatures: Sequence[float] = TEMPERATURES,
    **kwargs: Any,
) -> PriorCorrection:
    """Gives a trained model the corrected routing that validation chooses.

    Training labels are skewed: the model comes to expect common groups more
    often than they occur where rare ones matter. How much of that to undo, see
    `labels.group_prior_weights`, and whether groups should count more alike,
    see the `temperature` of `layers.routing_weights`, is chosen by the error of
    the prediction on held-out samples that are as common as where the model
    will be used. Nothing at all, `tau` 0 and temperature 1, is what stays
    unless the best of the others is better by more than the standard error of
    that difference: of few samples the best of many is often so by chance.

    Args:
        model: Trained `GroupRegressor`.
        x: Validation inputs, as for `predict`.
        y: Validation labels. Shape `(n,)` or `(n, 1)`.
        train_labels: Training labels. Shape `(m,)` or `(m, 1)`.
        taus: Strengths to try.
        temperatures: Of the routing, to try with each.
        **kwargs: As for `keras.Model.predict`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=5)
    >>> model = GroupRegressor(encoder, groups)
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> chosen = choose_prior_correction(model, x, y, y, verbose=0)
    >>> chosen.tau, chosen.temperature
    (0.0, 1.0)

    References:
    - [Saerens et al., 2002](https://doi.org/10.1162/089976602753284446)
    - [Guo et al., 2017](https://arxiv.org/abs/1706.04599), on temperatures.
    - Breiman et al., Classification and regression trees, 1984, on choices
      within a standard error.
    """
    check_group_regressor(model)
    labels = check_labels("y", y)
    counts = model.groups.counts(check_labels("train_labels", train_labels))
    tried = {
        (tau, temperature): group_prior_weights(counts, tau)
        for temperature in _numbers("temperatures", temperatures, 1.0)
        for tau in _numbers("taus", taus, 0.0)
    }
    check_order(x, labels)
    outputs = model.predict_outputs(x, **kwargs)
    check_length(outputs["prediction"], labels)
    errors = _errors(model, outputs, labels, tried)
    tau, temperature = _chosen(errors)
    head = model.head
    is_changed = tau > 0 or temperature != 1
    if is_changed or head.group_weights is not None or head.temperature != 1:
        model = model.with_routing(
            head.routing,
            tried[tau, temperature] if tau else None,
            temperature,
        )
    means = {key: float(error.mean()) for key, error in errors.items()}
    return PriorCorrection(model, tau, temperature, means)


def _errors(
    model: GroupRegressor,
    outputs: dict[str, np.ndarray],
    labels: np.ndarray,
    tried: dict[Setting, np.ndarray],
) -> dict[Setting, np.ndarray]:
    """Of each sample, absolute or squared as the model's own, for each."""
    power = 2 if model.error == "squared" else 1
    errors = {}
    for (tau, temperature), weights in tried.items():
        prediction = route(
            outputs["group_logits"],
            outputs["expert_values"],
            model.head.routing,
            model.head.beta,
            weights,
            temperature,
        )
        values = ops.convert_to_numpy(prediction).reshape(-1)
        errors[tau, temperature] = np.abs(labels - values) ** power
    return errors


def _chosen(errors: dict[Setting, np.ndarray]) -> Setting:
    """The least mean error, or the first if that is not clearly less."""
    first, *_ = errors
    best = min(errors, key=lambda key: float(errors[key].mean()))
    gains = errors[first] - errors[best]
    if len(gains) < 2 or gains.mean() <= gains.std(ddof=1) / len(gains) ** 0.5:
        return first
    return best


def _numbers(
    name: str, values: Sequence[float], first: float
) -> dict[float, None]:
    """What to try, without doubles; that which changes nothing comes first."""
    tried = check_numbers(name, values)
    if tried.ndim != 1:
        raise ValueError(
            f"`{name}` must be a list of numbers. Received: {name}={values!r}"
        )
    check = check_positive if first else check_not_negative
    return dict.fromkeys((first, *(check(name, one) for one in tried)))
