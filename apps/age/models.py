"""The models of a run, built and compiled."""

from typing import Any

import keras

from apps.age.backbone import build_encoder
from apps.age.settings import Settings
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir import LabelModel
from keras_groupdir import losses
from keras_groupdir import metrics
from keras_groupdir import vanilla_regressor

LOW, HIGH = 0.0, 120.0


def build_model(settings: Settings) -> LabelModel:
    """The encoder with the head of the method, with new weights."""
    keras.utils.set_random_seed(settings.seed)
    encoder = build_encoder(
        settings.backbone,
        settings.image_size,
        settings.width,
        settings.backbone_config,
    )
    if settings.method == "vanilla":
        return vanilla_regressor(encoder, LOW, HIGH)
    groups = groups_of(settings)
    return GroupRegressor(encoder, groups, settings.routing, settings.beta)


def groups_of(settings: Settings) -> LabelGroups:
    """Groups of ages, of one width."""
    return LabelGroups.equal_width(LOW, HIGH, settings.num_groups)


def compile_contrastive(
    model: LabelModel, settings: Settings, steps: int
) -> None:
    """For the first of two stages: only the embedding learns.

    Args:
        model: From `build_model`.
        settings: Temperature and optimizer.
        steps: Steps of the stage, for the schedule.
    """
    loss = losses.OrdinalGroupContrastive(
        groups_of(settings), settings.temperature
    )
    model.compile(
        _optimizer(settings, steps),
        loss={"embedding": loss},
        metrics=[],
    )


def compile_heads(model: LabelModel, settings: Settings, steps: int) -> None:
    """For one joint stage, or the second of two.

    Metrics are weighted, since batches are filled up with faces that weigh
    nothing. Their `val_prediction_mae` is of the model's own routing.

    Args:
        model: From `build_model`.
        settings: Losses and optimizer.
        steps: Steps of the stage, for the schedule.
    """
    optimizer = _optimizer(settings, steps)
    if not isinstance(model, GroupRegressor):
        model.compile(
            optimizer,
            loss={"prediction": "mae"},
            weighted_metrics={"prediction": ["mae"]},
        )
        return
    groups = model.groups
    parts: dict[str, Any] = {
        "group_logits": losses.SoftGroupCrossentropy(groups, settings.beta),
        "expert_values": losses.RoutedMeanSquaredError(
            groups, error="absolute"
        ),
    }
    weights = {
        "group_logits": settings.soft_weight,
        "expert_values": settings.expert_weight,
    }
    if settings.recipe == "joint" and settings.contrastive_weight:
        parts["embedding"] = losses.OrdinalGroupContrastive(
            groups, settings.temperature
        )
        weights["embedding"] = settings.contrastive_weight
    model.compile(
        optimizer,
        loss=parts,
        loss_weights=weights,
        metrics=[],
        weighted_metrics={
            "prediction": ["mae"],
            "expert_values": [metrics.OracleMeanAbsoluteError(groups)],
            "group_logits": [metrics.GroupAccuracy(groups)],
        },
    )


def _optimizer(settings: Settings, steps: int) -> keras.optimizers.Optimizer:
    return keras.optimizers.Adam(_learning_rate(settings, steps))


def _learning_rate(settings: Settings, steps: int) -> Any:
    schedules = keras.optimizers.schedules
    peak = settings.learning_rate
    if settings.schedule == "one_cycle":
        rising = max(1, steps // 4)
        return schedules.CosineDecay(
            peak / 25,
            max(1, steps - rising),
            warmup_target=peak,
            warmup_steps=rising,
        )
    if settings.schedule == "steps":
        # After epochs 60 and 80 of 90, in DIR.
        at = [steps * 60 // 90, steps * 80 // 90]
        return schedules.PiecewiseConstantDecay(
            at, [peak, peak / 10, peak / 100]
        )
    return peak
