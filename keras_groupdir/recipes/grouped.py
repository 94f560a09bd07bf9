"""Recipes of Group-DIR: group classifier and experts."""

import keras

from keras_groupdir.balance_weights import balance_weights
from keras_groupdir.checks import check_choice
from keras_groupdir.groups import LabelGroups
from keras_groupdir.losses import GroupCrossentropy
from keras_groupdir.losses import LogitAdjustedCrossentropy
from keras_groupdir.losses import OrdinalGroupContrastive
from keras_groupdir.losses import RoutedMeanSquaredError
from keras_groupdir.losses import SoftGroupCrossentropy
from keras_groupdir.models import GroupRegressor
from keras_groupdir.models import LabelModel
from keras_groupdir.recipes.plain import LDS
from keras_groupdir.recipes.plain import plain_losses
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.task import Task

TARGETS = {"soft": "soft labels", "ce": "CE", "la": "LA"}


def groupdir(
    targets: str = "soft",
    routing: str = "mixture",
    num_groups: int = 10,
    beta: float = 1.0,
    temperature: float = 0.2,
    contrastive_weight: float = 1.0,
    group_weight: float = 1.0,
    expert_weight: float = 10.0,
    prediction_weight: float = 0.0,
    tau: float = 0.0,
    lds: bool = False,
) -> Recipe:
    """Group-DIR; groups are of one width.

    Args:
        targets: What the classifier learns from: `"soft"` labels, `"ce"`
            (cross-entropy) or `"la"` (logit adjustment). Defaults to `"soft"`.
        routing: See `layers.routing_weights`. Defaults to `"mixture"`.
        num_groups: Defaults to `10`.
        beta: Of the soft labels. Defaults to `1.0`.
        temperature: Of the contrastive loss. Defaults to `0.2`.
        contrastive_weight: 0 leaves it out. Defaults to `1.0`.
        group_weight: Of the classifier's loss. Defaults to `1.0`.
        expert_weight: Beside an error of labels whose range is 1. Defaults to
            `10.0`.
        prediction_weight: Of the error of the routed prediction, as well; 0,
            as published, leaves it out. Defaults to `0.0`.
        tau: How much the routing undoes how common groups are, see
            `balance_weights`. Defaults to `0.0`.
        lds: Whether to weigh samples by a smoothed density. Defaults to
            `False`.
    """
    check_choice("targets", targets, TARGETS)

    def build(encoder: keras.Model, task: Task) -> LabelModel:
        groups = LabelGroups.equal_width(task.low, task.high, num_groups)
        weights = balance_weights(groups.counts(task.labels), tau)
        return GroupRegressor(
            encoder,
            groups,
            routing,
            beta if targets == "soft" else None,
            group_weights=weights if tau else None,
        )

    def losses(model: GroupRegressor, task: Task) -> Losses:
        groups = model.groups
        parts: dict[str, keras.losses.Loss] = {
            "group_logits": _classifier_loss(targets, groups, beta, task),
            "expert_values": RoutedMeanSquaredError(groups, task.error),
        }
        weights = {
            "group_logits": group_weight,
            "expert_values": expert_weight,
        }
        if contrastive_weight:
            parts["embedding"] = OrdinalGroupContrastive(groups, temperature)
            weights["embedding"] = contrastive_weight
        if prediction_weight:
            plain, scale = plain_losses(model, task)
            parts |= plain
            weights["prediction"] = prediction_weight * scale["prediction"]
        return parts, weights

    title = f"Group-DIR ({TARGETS[targets]}, {routing})"
    title += f", tau {tau:g}" if tau else ""
    title += " + LDS" if lds else ""
    return Recipe(title, (Stage(build, losses, LDS if lds else None),))


def _classifier_loss(
    targets: str, groups: LabelGroups, beta: float, task: Task
) -> keras.losses.Loss:
    if targets == "ce":
        return GroupCrossentropy(groups)
    if targets == "la":
        return LogitAdjustedCrossentropy(groups, groups.counts(task.labels))
    return SoftGroupCrossentropy(groups, beta)
