"""The routing of a set where all ages are as common as each other."""

from typing import Any

from keras import ops

from apps.age.data import Faces
from apps.age.settings import Settings
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir import balance_weights
from keras_groupdir.layers import route
from keras_groupdir.metrics import mae

# How much of the imbalance of the training set is undone.
TAUS = (0.0, 0.25, 0.5, 0.75, 1.0)


def balanced_model(
    model: LabelModel, faces: dict[str, Faces], settings: Settings
) -> tuple[LabelModel, dict[str, Any]]:
    """Gives a trained Group-DIR the group weights that validation chooses.

    Training ages are skewed, those of validation and test are not: the model
    comes to expect common groups more often than they occur there.

    Args:
        model: Model with the weights of its best epoch.
        faces: Train and val faces.
        settings: With `balance="none"` nothing is changed.

    Returns:
        The model, and what was tried: the validation error by `tau`.
    """
    if not isinstance(model, GroupRegressor) or settings.balance == "none":
        return model, {}
    labels = faces["val"].ages
    counts = model.groups.counts(faces["train"].ages)
    outputs = model.predict_outputs(faces["val"].images, verbose=0)
    errors = {}
    for tau in TAUS:
        prediction = route(
            outputs["group_logits"],
            outputs["expert_values"],
            settings.routing,
            settings.beta,
            balance_weights(counts, tau),
        )
        errors[tau] = mae(labels, ops.convert_to_numpy(prediction))
    tau = min(errors, key=errors.__getitem__)
    print(
        "Validation error by the share of the imbalance that is undone: "
        + ", ".join(f"{t:g}: {error:.2f}" for t, error in errors.items())
    )
    weights = balance_weights(counts, tau)
    balanced = model.with_routing(settings.routing, weights)
    return balanced, {
        "tau": tau,
        "errors": {f"{t:g}": round(error, 4) for t, error in errors.items()},
    }
