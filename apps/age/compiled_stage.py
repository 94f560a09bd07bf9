"""What a stage trains, compiled with the app's optimizer."""

import keras

from apps.age.optimizer import make_optimizer
from apps.age.settings import Settings
from apps.data.faces.backbone import build_encoder
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir.metrics import GroupAccuracy
from keras_groupdir.metrics import OracleMeanAbsoluteError
from keras_groupdir.models import head_of
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import Stage


def new_encoder(settings: Settings) -> keras.Model:
    """The encoder, with new weights."""
    keras.utils.set_random_seed(settings.seed)
    return build_encoder(
        settings.backbone,
        settings.image_size,
        settings.width,
        settings.backbone_config,
    )


def compiled_stage(
    stage: Stage,
    model: LabelModel,
    task: LabelTask,
    settings: Settings,
    steps: int,
) -> LabelModel:
    """The model, or the head of it that the stage trains alone, compiled.

    Metrics are weighted, since batches are filled up with faces that weigh
    nothing. Their `val_prediction_mae` is of the model's own routing.

    Args:
        stage: Of a recipe.
        model: From `stage.build`.
        task: What it was built for.
        settings: Optimizer.
        steps: Steps of the stage, for the schedule.
    """
    if stage.losses is None:
        losses, weights = model.default_losses(), model.default_loss_weights()
    else:
        losses, weights = stage.losses(model, task)
    metrics = {"prediction": ["mae"]}
    if isinstance(model, GroupRegressor):
        metrics["expert_values"] = [OracleMeanAbsoluteError(model.groups)]
        metrics["group_logits"] = [GroupAccuracy(model.groups)]
    if stage.trains == "head":
        head = head_of(model)
        outputs = {**head.output, "embedding": head.input}
        model = LabelModel(head.input, outputs)
    model.compile(
        make_optimizer(settings, steps),
        loss=losses,
        loss_weights=weights,
        metrics=[],
        weighted_metrics={} if stage.trains == "embedding" else metrics,
    )
    return model
