"""The error of the prediction on held-out data, after every epoch."""

import warnings
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.callbacks.batches_of import batches_of
from keras_groupdir.callbacks.plain_inputs import checked_labels
from keras_groupdir.checks import check_whole


class ValidationError(keras.callbacks.Callback):
    """Logs `val_prediction_mae` and `val_prediction_mse` of held-out samples.

    What `validation_data` of `fit` would log for the prediction, without the
    losses (which know the true group) and without what Keras sets up for them
    anew in every epoch. Put it before the callbacks that read it, such as
    `keras.callbacks.EarlyStopping`. Training ends when the error is not finite,
    with a warning if the training loss is.

    Args:
        x: Inputs, with `y`; or a `keras.utils.PyDataset` of `(x, y)` batches,
            or what else can be gone through again and again.
        y: Labels, if `x` is no data set. Shape `(n,)` or `(n, 1)`.
        batch_size: Samples that the model sees at a time, unless `x` is a data
            set. Defaults to `1024`.

    Examples:

    >>> from keras_groupdir import GroupRegressor
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=10)
    >>> model = GroupRegressor(encoder, groups)
    >>> model.compile("adam")
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> validation = ValidationError(x, y)
    >>> history = model.fit(x, y, callbacks=[validation], verbose=0)
    >>> "val_prediction_mae" in history.history
    True
    """

    def __init__(self, x: Any, y: Any = None, batch_size: int = 1024) -> None:
        super().__init__()
        self._batch_size = check_whole("batch_size", batch_size, at_least=1)
        self._x, self._labels = x, checked_labels(x, y)

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Adds the two errors to the logs of the epoch."""
        absolute = squared = count = 0.0
        for x, labels in batches_of(self._x, self._labels, self._batch_size):
            outputs = self.model.predict_on_batch(x)
            if isinstance(outputs, dict):
                outputs = outputs["prediction"]
            # Of every replica of a tf.distribute strategy, one after another.
            predictions = ops.convert_to_numpy(outputs)[: len(labels)]
            errors = predictions.reshape(-1).astype("float64") - labels
            absolute += np.abs(errors).sum()
            squared += np.square(errors).sum()
            count += len(errors)
        if logs is not None and count:
            logs["val_prediction_mae"] = float(absolute / count)
            logs["val_prediction_mse"] = float(squared / count)
        if not np.isfinite(absolute):
            self.model.stop_training = True
            if np.isfinite((logs or {}).get("loss", np.nan)):
                # A model that diverges mostly shows it by its loss, too.
                warnings.warn(
                    f"Training ends with epoch {epoch + 1}: the error on "
                    "validation data is not finite, where the training loss "
                    "is. Look for inputs and labels of `validation_data` that "
                    "are not.",
                    stacklevel=2,
                )
