"""Trains a recipe stage by stage, each from where it stopped."""

from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import keras

from apps.age.compiled_stage import compiled_stage
from apps.age.compiled_stage import new_encoder
from apps.age.settings import Settings
from apps.age.settings import as_flags
from apps.age.strategy import Strategy
from apps.common.checkpoint import Checkpoint
from apps.common.results import write_json
from apps.data.faces.data import Faces
from apps.data.faces.held_out_batches import HeldOutBatches
from apps.data.faces.task import face_task
from apps.data.faces.training_batches import TrainingBatches
from keras_groupdir import LabelModel
from keras_groupdir.callbacks import FeatureStatistics
from keras_groupdir.models import FeatureSmoothingRegressor
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import Stage

ModelType = TypeVar("ModelType", bound=keras.Model)


@dataclass(frozen=True)
class Trainer:
    """Trains a run, or what is left of it.

    Attributes:
        settings: Of the run.
        faces: Train, val and test faces.
        strategy: What this process does.
    """

    settings: Settings
    faces: dict[str, Faces]
    strategy: Strategy

    def train(self) -> tuple[LabelModel, Checkpoint]:
        """The model of the last stage, of its best epoch, and its history.

        It is not compiled and without the strategy, so that any process can
        predict on its own.
        """
        with self.strategy.scope():
            encoder = new_encoder(self.settings)
        for number, stage in enumerate(self.settings.recipe.stages, start=1):
            if number > 1:
                # A run that is resumed here builds the same head.
                keras.utils.set_random_seed(self.settings.seed)
            model, checkpoint = self._train(number, stage, encoder)
            encoder = getattr(model, "encoder", encoder)
        return _plain_copy(model), checkpoint

    def _train(
        self, number: int, stage: Stage, encoder: keras.Model
    ) -> tuple[LabelModel, Checkpoint]:
        settings, is_contrast = self.settings, stage.trains == "embedding"
        faces, task = self._seen(stage, encoder)
        checkpoint = Checkpoint(
            Path(settings.output) / f"stage-{number}",
            "val_loss" if is_contrast else "val_prediction_mae",
            self.strategy.writes,
        )
        batches = TrainingBatches(
            faces["train"],
            settings.batch_size,
            settings.seed,
            None if stage.weigh is None else stage.weigh(task.labels, task),
            1 if stage.trains == "head" else settings.recipe.views,
            self.strategy.share,
            checkpoint.epochs,
        )
        epochs = settings.pretrain_epochs if is_contrast else settings.epochs
        steps = batches.len_of_epoch * epochs
        with self.strategy.scope():
            model = stage.build(encoder, task)
            trained = compiled_stage(stage, model, task, settings, steps)
            checkpoint.restore_last(trained)
            if self.strategy.writes:
                # The folder is taken only by what can be built.
                path = Path(settings.output) / "settings.json"
                write_json(path, as_flags(settings))
            trained.fit(
                batches,
                steps_per_epoch=batches.len_of_epoch,
                shuffle=False,
                validation_data=HeldOutBatches(
                    faces["val"], settings.batch_size, self.strategy.share
                ),
                initial_epoch=checkpoint.epochs,
                epochs=epochs,
                callbacks=self._callbacks(number, model, checkpoint),
                verbose="auto" if self.strategy.writes else 0,
            )
            self._check_trained(checkpoint, epochs)
            if not is_contrast:
                self.strategy.wait()
                checkpoint.restore_best(trained)
        return model, checkpoint

    def _seen(
        self, stage: Stage, encoder: keras.Model
    ) -> tuple[dict[str, Faces], LabelTask]:
        """Faces, or embeddings of them, that a stage is trained on."""
        faces = self.faces
        task = face_task(faces["train"].ages, faces["val"].ages)
        if stage.trains == "head":
            encoder = _plain_copy(encoder)
            faces = {k: self._embed(encoder, v) for k, v in faces.items()}
        if stage.resample is not None:
            seed = self.settings.seed
            made = stage.resample(faces["train"].images, task, seed)
            task = replace(task, labels=made.y)
            ages = task.labels.astype("float32")
            faces = {**faces, "train": Faces(made.x, ages)}
        return faces, task

    def _embed(self, encoder: keras.Model, faces: Faces) -> Faces:
        batches = HeldOutBatches(faces, self.settings.batch_size)
        features = encoder.predict(batches, verbose=0)
        return Faces(features[: len(faces.ages)], faces.ages)

    def _callbacks(
        self, number: int, model: LabelModel, checkpoint: Checkpoint
    ) -> list[keras.callbacks.Callback]:
        callbacks = [checkpoint, keras.callbacks.TerminateOnNaN()]
        if isinstance(model, FeatureSmoothingRegressor):
            train = self.faces["train"]
            # First, as the checkpoint keeps what it computes.
            callbacks.insert(0, FeatureStatistics(train.images, train.ages))
        if self.strategy.writes:
            run = f"{Path(self.settings.output).name}-stage-{number}"
            logs = f"{self.settings.logs}/{run}"
            callbacks.append(keras.callbacks.TensorBoard(logs))
        return callbacks

    def _check_trained(self, checkpoint: Checkpoint, epochs: int) -> None:
        if checkpoint.epochs < epochs or checkpoint.best_epoch is None:
            raise SystemExit(
                f"Training diverged in epoch {checkpoint.epochs + 1}. Try a "
                "smaller --learning-rate than "
                f"{self.settings.learning_rate:g}, in another folder."
            )


def _plain_copy(model: ModelType) -> ModelType:
    """The same model without a strategy."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy
