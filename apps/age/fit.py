"""Trains a model from where it stopped, and knows its best epoch."""

from pathlib import Path
from typing import Any

import keras

from apps.age.data import Faces
from apps.age.held_out_batches import HeldOutBatches
from apps.age.settings import Settings
from apps.age.strategy import Strategy
from apps.age.training_batches import TrainingBatches
from apps.common.checkpoint import Checkpoint
from apps.common.read_ahead import read_ahead


def fit(
    model: keras.Model,
    faces: dict[str, Faces],
    settings: Settings,
    strategy: Strategy,
    stage: str,
    epochs: int,
    monitor: str,
    weights: Any = None,
    views: int = 1,
) -> Checkpoint:
    """Fits a compiled model, or what is left of it to do.

    Args:
        model: Compiled model.
        faces: Train, val and test faces.
        settings: Batch size, seed and folders.
        strategy: What this process does.
        stage: Name of the folder in `--output`, and of the TensorBoard run.
        epochs: Epochs in all.
        monitor: Validation error that decides on the best epoch.
        weights: Weight of each training face. Shape `(n,)`.
        views: Versions of each face in a batch.

    Returns:
        The checkpoint, with history and best epoch.
    """
    checkpoint = Checkpoint(
        Path(settings.output) / stage, monitor, strategy.writes
    )
    checkpoint.restore_last(model)
    batches = TrainingBatches(
        faces["train"],
        settings.batch_size,
        settings.seed,
        weights,
        views,
        strategy.share,
    )
    callbacks: list[keras.callbacks.Callback] = [
        checkpoint,
        keras.callbacks.TerminateOnNaN(),
    ]
    if strategy.writes:
        name = f"{Path(settings.output).name}-{stage}"
        callbacks.append(keras.callbacks.TensorBoard(f"{settings.logs}/{name}"))
    model.fit(
        read_ahead(batches.stream(checkpoint.epochs)),
        steps_per_epoch=len(batches),
        shuffle=False,
        validation_data=HeldOutBatches(
            faces["val"], settings.batch_size, strategy.share
        ),
        initial_epoch=checkpoint.epochs,
        epochs=epochs,
        callbacks=callbacks,
        verbose="auto" if strategy.writes else 0,
    )
    return checkpoint
