"""Recipes of Group-DIR: group classifier and experts."""

from dataclasses import replace
from functools import partial
from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_choice
from keras_groupdir.labels.histogram_weights import REWEIGHTS
from keras_groupdir.losses import LogitAdjustedCrossentropy
from keras_groupdir.losses import OrdinalGroupContrastive
from keras_groupdir.models import FittedGroupWeights
from keras_groupdir.models import GroupRegressor
from keras_groupdir.models import PriorCorrection
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import fit_group_weights
from keras_groupdir.models.few_batches import few_batches
from keras_groupdir.recipes.groupings import GROUPINGS
from keras_groupdir.recipes.groupings import task_groups
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import EMBEDDING
from keras_groupdir.recipes.recipe import HEAD
from keras_groupdir.recipes.recipe import Correct
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.recipe import Weigh
from keras_groupdir.recipes.weights import HistogramWeights
from keras_groupdir.recipes.weights import MatchedWeights

MATCHED = "matched"
STARTS = ("median", "centers")
TARGETS = {"soft": "soft labels", "ce": "CE", "la": "LA"}


def _weights(
    model: GroupRegressor,
    x: Any,
    y: np.ndarray,
    train_labels: np.ndarray,
    counts: np.ndarray | None,
) -> FittedGroupWeights:
    return fit_group_weights(model, x, y, counts, verbose=0, **few_batches(x))


def _strength(
    model: GroupRegressor,
    x: Any,
    y: np.ndarray,
    train_labels: np.ndarray,
    counts: np.ndarray | None,
    **settings: Any,
) -> PriorCorrection:
    return choose_prior_correction(
        model, x, y, train_labels, verbose=0, **few_batches(x), **settings
    )


# Of the routing by validation, with what the title says of it.
CORRECTIONS: dict[str, tuple[Correct | None, str]] = {
    "none": (None, ""),
    "weights": (_weights, ", corrected"),
    "prior": (partial(_strength, temperatures=(1.0,)), ", prior corrected"),
    "routing": (_strength, ", routing corrected"),
}


def groupdir(
    targets: str = "soft",
    routing: str = "mixture",
    num_groups: int = 10,
    grouping: str = "width",
    beta: float = 1.0,
    temperature: float = 0.2,
    contrastive_weight: float | None = None,
    group_weight: float | None = None,
    expert_weight: float | None = None,
    prediction_weight: float | None = None,
    error: str | None = None,
    start: str = "median",
    correction: str = "none",
    reweight: str | None = None,
) -> Recipe:
    """Group-DIR.

    Weights that are left out are the defaults of `models.GroupRegressor`; a
    weight of 0 leaves a loss out.

    Args:
        targets: What the classifier learns from: `"soft"` labels, `"ce"`
            (cross-entropy) or `"la"` (logit adjustment). Defaults to `"soft"`.
        routing: See `layers.routing_weights`. Defaults to `"mixture"`.
        num_groups: Defaults to `10`.
        grouping: Groups of one `"width"`; those that hold as many labels each,
            `"quantile"`; or with edges `"halfway"` between both. Defaults to
            `"width"`.
        beta: Of the soft labels. Defaults to `1.0`.
        temperature: Of the contrastive loss. Defaults to `0.2`.
        contrastive_weight: Of the contrastive loss.
        group_weight: Of the classifier's loss.
        expert_weight: Beside an error of labels whose range is 1.
        prediction_weight: Of the error of the routed prediction; the paper has
            0.
        error: `"absolute"`, `"squared"` or `"huber"`. Defaults to the task's.
        start: Where experts start: `"median"`, all at that of the labels, or
            `"centers"`, each at the center of its group. Defaults to
            `"median"`.
        correction: What validation data choose of a corrected routing:
            `"none"`; a weight for each group (`"weights"`), by errors that are
            weighed as in training, see `models.fit_group_weights`; the strength
            of weights that follow from training labels (`"prior"`), or both it
            and a temperature (`"routing"`), see
            `models.choose_prior_correction`. Defaults to `"none"`.
        reweight: Density weights of samples, see `labels.histogram_weights`;
            `"matched"`, mild ones as far as validation labels are more even
            than training labels, see `labels.label_balance`; or `None` for
            none. Defaults to `None`.
    """
    check_choice("targets", targets, TARGETS)
    check_choice("grouping", grouping, GROUPINGS)
    check_choice("start", start, STARTS)
    check_choice("correction", correction, CORRECTIONS)
    if reweight is not None:
        check_choice("reweight", reweight, (*REWEIGHTS, MATCHED))
    given = {
        "embedding": contrastive_weight,
        "group_logits": group_weight,
        "expert_values": expert_weight,
        "prediction": prediction_weight,
    }

    def build(encoder: keras.Model, task: LabelTask) -> GroupRegressor:
        return GroupRegressor(
            encoder,
            task_groups(task, num_groups, grouping),
            routing,
            beta if targets == "soft" else None,
            error=error or task.error,
            start=task.start if start == "median" else None,
            spread=task.spread if start == "median" else task.high - task.low,
        )

    def losses(model: GroupRegressor, task: LabelTask) -> Losses:
        parts = model.default_losses()
        parts["embedding"] = OrdinalGroupContrastive(model.groups, temperature)
        if targets == "la":
            counts = model.groups.counts(task.labels)
            parts["group_logits"] = LogitAdjustedCrossentropy(
                model.groups, counts
            )
        own = {k: v for k, v in given.items() if v is not None}
        weights = {**model.default_loss_weights(), **own}
        weights = {name: value for name, value in weights.items() if value}
        return {name: parts[name] for name in weights}, weights

    title = f"Group-DIR ({TARGETS[targets]}, {routing})"
    weigh: Weigh | None = None
    if reweight is not None:
        is_matched = reweight == MATCHED
        weigh = MatchedWeights() if is_matched else HistogramWeights(reweight)
    title += "" if reweight is None else f" + {reweight}"
    stages = (Stage(build, losses, weigh),)
    finish, corrected = CORRECTIONS[correction]
    return Recipe(title + corrected, stages, finish=finish)


def groupdir_two_stage(
    second_stage: str = "finetune",
    temperature: float = 0.2,
    **settings: Any,
) -> Recipe:
    """Group-DIR with its contrastive loss first, as the paper may mean it.

    Args:
        second_stage: `"finetune"` trains all on the other losses, `"probe"` a
            head on the frozen encoder. Defaults to `"finetune"`.
        temperature: Of the contrastive loss. Defaults to `0.2`.
        **settings: As for `groupdir`, but for `contrastive_weight`.
    """
    check_choice("second_stage", second_stage, ("finetune", "probe"))
    joint = groupdir(contrastive_weight=0.0, **settings)
    (second,) = joint.stages

    def losses(model: GroupRegressor, task: LabelTask) -> Losses:
        loss = OrdinalGroupContrastive(model.groups, temperature)
        return {"embedding": loss}, {"embedding": 1.0}

    first = replace(second, losses=losses, trains=EMBEDDING)
    if second_stage == "probe":
        second = replace(second, trains=HEAD)
    title = f"{joint.title}, two stages"
    return Recipe(title, (first, second), views=2, finish=joint.finish)
