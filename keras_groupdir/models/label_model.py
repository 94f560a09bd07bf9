"""A Keras model with several outputs that trains on one plain label."""

from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_some_rows
from keras_groupdir.models.compile_arguments import PREDICTION
from keras_groupdir.models.quantile_interval import quantile_interval
from keras_groupdir.models.trained_by_label import TrainedByLabel
from keras_groupdir.models.write_export import write_export
from keras_groupdir.scores.check_intervals import check_coverage
from keras_groupdir.scores.evaluate_shots import plain_rows
from keras_groupdir.scores.predicted_rows import PredictedRows


@keras.saving.register_keras_serializable(package="keras_groupdir")
class LabelModel(TrainedByLabel):
    """A Functional model that gives the plain label to every named output.

    Build it as any Functional model, with a dict of outputs that has a
    `"prediction"`. In `compile`, losses, metrics and loss weights go by output
    name, and what is given without a name is for the prediction; an output
    without a loss is simply not trained. `fit` and `evaluate` take `y` (and
    `sample_weight`) once, of shape `(n,)` or `(n, 1)`; weights may also be a
    dict by output name, where what is left out weighs 1.

    `predict` returns the prediction alone, `predict_outputs` everything, and
    `export` writes a SavedModel that returns the prediction alone.

    Subclasses say how they are trained by `default_losses`,
    `default_loss_weights` and `default_metrics`, so that `compile("adam")` is
    enough, and which labels they are for by `label_range`. (After
    `keras.models.clone_model`, which makes a plain Functional model, losses
    are missing: copy with `type(model).from_config(model.get_config())`.)

    Examples:

    >>> inputs = keras.Input((4,))
    >>> embedding = keras.layers.Dense(8, activation="relu")(inputs)
    >>> prediction = keras.layers.Dense(1)(embedding)
    >>> model = LabelModel(
    ...     inputs, {"prediction": prediction, "embedding": embedding}
    ... )
    >>> model.compile("adam", loss="mse")
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

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> np.ndarray:
        """Predictions in label units. Shape `(n, 1)`."""
        return self.predict_outputs(x, *args, **kwargs)[PREDICTION]

    def predict_outputs(
        self, x: Any, *args: Any, **kwargs: Any
    ) -> dict[str, np.ndarray]:
        """Every output by name; arguments as for `keras.Model.predict`."""
        check_some_rows("x", x)
        outputs: dict[str, np.ndarray] = super().predict(x, *args, **kwargs)
        return outputs

    def predict_rows(
        self, x: Any, labels: np.ndarray, **kwargs: Any
    ) -> PredictedRows:
        """The rows of the shot table, see `scores.evaluate_shots`.

        Args:
            x: Inputs, as for `predict`.
            labels: True labels of `x`. Shape `(n,)`.
            **kwargs: As for `keras.Model.predict`.
        """
        return plain_rows(self.predict(x, **kwargs), labels)

    def predict_interval(
        self, x: Any, coverage: float = 0.9, **kwargs: Any
    ) -> np.ndarray:
        """An interval for each label, as sure as the model thinks it is.

        How many labels it really holds, `scores.evaluate_intervals` says; that
        it holds its share, of rare labels too, `models.calibrate_intervals`
        sees to.

        Args:
            x: Inputs, as for `predict`.
            coverage: Share of the model's own distribution between the ends;
                as much lies below as above. Defaults to `0.9`.
            **kwargs: As for `keras.Model.predict`.

        Returns:
            Lower and upper ends in label units, float64. Shape `(n, 2)`.

        Raises:
            ValueError: If the model predicts no distribution.
        """
        coverage = check_coverage(coverage)
        outputs = self.predict_outputs(x, **kwargs)
        interval = self.output_interval(outputs, coverage)
        if interval is None:
            several = self.label_shape != (1,)
            raise ValueError(
                f"A {type(self).__name__} has no intervals of its own; "
                "models.calibrate_intervals makes some of any model"
                f"{' of one target, such as model.target(0)' * several}. "
                "Received: outputs "
                f"{sorted(outputs)}"
            )
        return interval

    def output_interval(
        self, outputs: dict[str, np.ndarray], coverage: float
    ) -> np.ndarray | None:
        """The intervals that outputs stand for, if they stand for any.

        Of an output `"quantiles"`, with `model.quantile_levels`; subclasses
        add their own.

        Args:
            outputs: Of `predict_outputs`.
            coverage: Between 0 and 1.
        """
        levels = getattr(self, "quantile_levels", None)
        if levels is None or "quantiles" not in outputs:
            return None
        return quantile_interval(outputs["quantiles"], levels, coverage)

    def export(
        self, filepath: Any, format: str = "tf_saved_model", **kwargs: Any
    ) -> None:
        """Writes a model for serving that returns the prediction alone.

        A SavedModel needs TensorFlow installed, on every backend. Trained on
        torch, the model is saved as `.keras` and exported by TensorFlow in a
        process of its own; custom layers then have to be importable there.
        What else can be written from which backend, and with which packages,
        is listed in `docs/exports.md`. Batches may be of any size, but for
        LiteRT from torch.

        Args:
            filepath: Folder, or file for other formats: `.onnx`, `.tflite`
                (LiteRT), `.xml` (OpenVINO), `.pt2` (torch).
            format: `"tf_saved_model"`, `"onnx"`, `"litert"`, `"openvino"` or
                `"torch"`. Defaults to `"tf_saved_model"`.
            **kwargs: As for `keras.Model.export`.

        Raises:
            ValueError: If this backend cannot write the format.
        """
        write_export(self, filepath, format, **kwargs)
