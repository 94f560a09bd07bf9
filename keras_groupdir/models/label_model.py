"""A Keras model with several outputs that trains on one plain label."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.models.saved_model import export_saved_model
from keras_groupdir.types import Tensor

PREDICTION = "prediction"


@keras.saving.register_keras_serializable(package="keras_groupdir")
class LabelModel(keras.Model):
    """A Functional model that gives the plain label to every named output.

    Build it as any Functional model, with a dict of outputs that has a
    `"prediction"`. In `compile`, losses, metrics and loss weights go by output
    name; an output without a loss is simply not trained. `fit` and `evaluate`
    take `y` (and `sample_weight`) once, of shape `(n,)` or `(n, 1)`; weights
    may also be a dict by output name, where what is left out weighs 1.

    `predict` returns the prediction alone, `predict_outputs` everything, and
    `export` writes a SavedModel that returns the prediction alone.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> embedding = keras.layers.Dense(8, activation="relu")(inputs)
    >>> prediction = keras.layers.Dense(1)(embedding)
    >>> model = LabelModel(
    ...     inputs, {"prediction": prediction, "embedding": embedding}
    ... )
    >>> model.compile("adam", loss={"prediction": "mse"})
    >>> x, y = np.zeros((6, 4), "float32"), np.zeros(6, "float32")
    >>> history = model.fit(x, y, verbose=0)
    >>> model.predict(x, verbose=0).shape
    (6, 1)
    """

    def __init__(
        self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any
    ) -> None:
        if not isinstance(outputs, dict) or PREDICTION not in outputs:
            came = list(outputs) if isinstance(outputs, dict) else outputs
            raise ValueError(
                "`outputs` must be a dict with a 'prediction'. "
                f"Received: {came}"
            )
        super().__init__(inputs, outputs, name=name, **kwargs)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        _check_label_shape(y)
        return super().compute_loss(
            x=x,
            y=_to_every_output(y, y_pred),
            y_pred=y_pred,
            sample_weight=_weights_of_all(sample_weight, y_pred),
            training=training,
        )

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        # Keras may build the metrics before it first computes the loss.
        _check_label_shape(y)
        metrics: dict[str, Any] = super().compute_metrics(
            x,
            _to_every_output(y, y_pred),
            y_pred,
            _weights_of_all(sample_weight, y_pred),
        )
        return metrics

    def evaluate(
        self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """As `keras.Model.evaluate`, after a check of the labels' shape."""
        y = labels_as_array(y)
        # On JAX an error inside leaves the model without its weights.
        _check_label_shape(y)
        return super().evaluate(x, y, *args, **kwargs)

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> np.ndarray:
        """Predictions in label units. Shape `(n, 1)`."""
        return self.predict_outputs(x, *args, **kwargs)[PREDICTION]

    def predict_outputs(
        self, x: Any, *args: Any, **kwargs: Any
    ) -> dict[str, np.ndarray]:
        """Every output by name; arguments as for `keras.Model.predict`."""
        outputs: dict[str, np.ndarray] = super().predict(x, *args, **kwargs)
        return outputs

    def export(
        self, filepath: Any, format: str = "tf_saved_model", **kwargs: Any
    ) -> None:
        """Writes a model for serving that returns the prediction alone.

        A SavedModel needs TensorFlow installed, on every backend. Trained on
        torch, the model is saved as `.keras` and exported by TensorFlow in a
        process of its own; custom layers then have to be importable there.

        Args:
            filepath: Folder (or file, for other formats) to write.
            format: As for `keras.Model.export`. Defaults to
                `"tf_saved_model"`.
            **kwargs: As for `keras.Model.export`.
        """
        if format == "tf_saved_model" and keras.config.backend() == "torch":
            export_saved_model(self, filepath)
            return
        served = keras.Model(self.input, self.output[PREDICTION])
        served.export(filepath, format=format, **kwargs)


def labels_as_array(y: Any) -> Any:
    """A list or tuple of labels as an array, which Keras asks for."""
    return np.asarray(y, "float32") if isinstance(y, list | tuple) else y


def _to_every_output(value: Any, y_pred: dict[str, Any]) -> Any:
    if value is None or isinstance(value, dict):
        return value
    return dict.fromkeys(y_pred, value)


def _weights_of_all(value: Any, y_pred: dict[str, Any]) -> Any:
    """Like labels; an output that a dict leaves out weighs 1."""
    if not isinstance(value, dict):
        return _to_every_output(value, y_pred)
    unknown = sorted(set(value) - set(y_pred))
    if unknown or not value:
        raise ValueError(
            "`sample_weight` must go by the names of outputs, which are "
            f"{sorted(y_pred)}. Received: {sorted(value)}"
        )
    one = ops.ones_like(next(iter(value.values())))
    return {**dict.fromkeys(y_pred, one), **value}


def _check_label_shape(y: Any) -> None:
    shape = getattr(y, "shape", None)
    if shape is None or len(shape) == 1:
        return
    if len(shape) != 2 or shape[1] not in (1, None):
        raise ValueError(
            "`y` must have shape (n,) or (n, 1). "
            f"Received: shape {tuple(shape)}"
        )
