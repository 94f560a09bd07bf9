"""The routing of a set where rare groups are more common than in training."""

from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from keras import ops

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_numbers
from keras_groupdir.labels import group_prior_weights
from keras_groupdir.layers import route
from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.models.group_regressor import check_group_regressor
from keras_groupdir.scores import mean_absolute_error
from keras_groupdir.scores import mean_squared_error
from keras_groupdir.types import ArrayLike

TAUS = (0.0, 0.25, 0.5, 0.75, 1.0)


class PriorCorrection(NamedTuple):
    """What `choose_prior_correction` returns.

    Attributes:
        model: With the group weights that were chosen, or as it was.
        tau: The strength that was chosen; 0 for none.
        errors: Validation error by strength.
    """

    model: GroupRegressor
    tau: float
    errors: dict[float, float]


def choose_prior_correction(
    model: GroupRegressor,
    x: Any,
    y: ArrayLike,
    train_labels: ArrayLike,
    taus: Sequence[float] = TAUS,
    **kwargs: Any,
) -> PriorCorrection:
    """Gives a trained model the group weights that validation chooses.

    Training labels are skewed: the model comes to expect common groups more
    often than they occur where rare ones matter. How much of that to undo, see
    `labels.group_prior_weights`, is chosen by the error of the prediction on
    held-out samples that are as common as where the model will be used.
    Nothing at all, `tau=0`, is always among the choices.

    Args:
        model: Trained `GroupRegressor`.
        x: Validation inputs, as for `predict`.
        y: Validation labels. Shape `(n,)` or `(n, 1)`.
        train_labels: Training labels. Shape `(m,)` or `(m, 1)`.
        taus: Strengths to try.
        **kwargs: As for `keras.Model.predict`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=5)
    >>> model = GroupRegressor(encoder, groups)
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> chosen = choose_prior_correction(model, x, y, y, verbose=0)
    >>> chosen.tau
    0.0

    Reference:
    - [Saerens et al., 2002](https://doi.org/10.1162/089976602753284446)
    """
    check_group_regressor(model)
    labels = check_labels("y", y)
    counts = model.groups.counts(check_labels("train_labels", train_labels))
    tried = check_numbers("taus", taus)
    if tried.ndim != 1:
        raise ValueError(
            f"`taus` must be a list of numbers. Received: taus={taus!r}"
        )
    taus = [check_not_negative("taus", tau) for tau in tried]
    outputs = model.predict_outputs(x, **kwargs)
    score = (
        mean_squared_error if model.error == "squared" else mean_absolute_error
    )
    errors = {}
    for tau in dict.fromkeys((0.0, *taus)):
        prediction = route(
            outputs["group_logits"],
            outputs["expert_values"],
            model.head.routing,
            model.head.beta,
            group_prior_weights(counts, tau),
        )
        errors[tau] = score(labels, ops.convert_to_numpy(prediction))
    # Of equal ones the first: nothing is undone without a reason.
    tau = min(errors, key=errors.__getitem__)
    if tau or model.head.group_weights is not None:
        weights = group_prior_weights(counts, tau) if tau else None
        model = model.with_routing(model.head.routing, weights)
    return PriorCorrection(model, tau, errors)
