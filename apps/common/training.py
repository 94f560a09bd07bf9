"""One training loop for every app: same budget, same stopping rule."""

from pathlib import Path
from typing import Any

import keras


def train(
    model: keras.Model,
    data: Any,
    validation: Any,
    epochs: int,
    patience: int,
    monitor: str,
    log_dir: str | Path | None,
    batch_size: int | None = None,
    verbose: Any = "auto",
) -> dict[str, Any]:
    """Fits a compiled model and leaves it with its best epoch's weights.

    Args:
        model: Compiled model.
        data: `(x, y)` or a `PyDataset`.
        validation: The same, of the validation set.
        epochs: Most epochs.
        patience: Epochs without a better validation error before it stops.
        monitor: Validation error of the PREDICTION, less is better.
        log_dir: Folder for TensorBoard, or `None`.
        batch_size: With arrays. Defaults to Keras's.
        verbose: As for `keras.Model.fit`.

    Returns:
        The best epoch (from 1), its error, and the errors of all epochs.
    """
    stop = keras.callbacks.EarlyStopping(
        monitor, mode="min", patience=patience, restore_best_weights=True
    )
    callbacks: list[keras.callbacks.Callback] = [stop]
    if log_dir is not None:
        callbacks.append(keras.callbacks.TensorBoard(str(log_dir)))
    x, y = data if isinstance(data, tuple) else (data, None)
    history = model.fit(
        x,
        y,
        validation_data=validation,
        epochs=epochs,
        batch_size=batch_size,
        callbacks=callbacks,
        verbose=verbose,
    )
    errors = history.history[monitor]
    best = min(range(len(errors)), key=errors.__getitem__)
    return {
        "best_epoch": best + 1,
        "best_error": float(errors[best]),
        "validation_errors": [round(float(error), 5) for error in errors],
    }
