"""A model whose intervals hold for rare labels, too."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_some_rows
from keras_groupdir.labels import LabelGroups
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.scores import ShotCalibration
from keras_groupdir.scores import calibrate_shots
from keras_groupdir.scores.check_intervals import check_coverage
from keras_groupdir.scores.check_order import check_order
from keras_groupdir.scores.evaluate_shots import check_length
from keras_groupdir.types import ArrayLike


@dataclass(frozen=True)
class CalibratedIntervals:
    """A trained model and how far its intervals have to reach.

    Keep the calibration as `calibration.as_dict()`, which is JSON, beside the
    model's file, and put both together again by `CalibratedIntervals(model,
    ShotCalibration.from_dict(state))`.

    Attributes:
        model: Trained Keras model.
        calibration: From `scores.calibrate_shots`.
    """

    model: keras.Model
    calibration: ShotCalibration

    def predict_interval(self, x: Any, **kwargs: Any) -> np.ndarray:
        """Lower and upper ends, in label units. Shape `(n, 2)`.

        Args:
            x: Inputs, as for `predict`.
            **kwargs: As for `keras.Model.predict`.
        """
        return self.calibration.adjust(self._raw(x, **kwargs))

    def predict_ranges(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The labels that may be, which need not lie together.

        As sure as the interval, mostly shorter together, and not always inside
        of it: see `scores.calibrate_shots`.

        Args:
            x: Inputs, as for `predict`.
            **kwargs: As for `keras.Model.predict`.

        Returns:
            Lower and upper ends of each sample's ranges, from low to high, in
            label units; those with fewer than the most of these samples are
            filled up with NaN. Shape `(n, most ranges of one, 2)`.
        """
        return self.calibration.ranges(self._raw(x, **kwargs))

    def _raw(self, x: Any, **kwargs: Any) -> np.ndarray:
        coverage = self.calibration.coverage
        return raw_intervals(self.model, x, coverage, **kwargs)


def calibrate_intervals(
    model: keras.Model,
    x: Any,
    y: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups | None = None,
    coverage: float = 0.9,
    scaled: bool = False,
    bounded: bool = False,
    many_above: float | None = None,
    few_below: float | None = None,
    relative_shots: bool = False,
    interpolate: bool = False,
    **kwargs: Any,
) -> CalibratedIntervals:
    """Makes intervals hold `coverage` of the labels of every shot.

    Starts from the model's own intervals, see `LabelModel.predict_interval`,
    or from the predictions of a model that has none, and adds what validation
    samples of each shot need; what that promises is in
    `scores.calibrate_shots`.

    Args:
        model: Trained Keras model.
        x: Validation inputs, as for `predict`, that the model was not trained
            on; a data set must keep its order.
        y: Validation labels. Shape `(n,)` or `(n, 1)`.
        train_labels: Training labels, which make a label common or rare.
        bins: See `scores.calibrate_shots`.
        coverage: Between 0 and 1. Defaults to `0.9`.
        scaled: See `scores.calibrate_shots`. Not for models that predict
            points alone. Defaults to `False`.
        bounded: See `scores.calibrate_shots`. Defaults to `False`.
        many_above: See `labels.label_shots`.
        few_below: See `labels.label_shots`.
        relative_shots: See `labels.label_shots`.
        interpolate: See `scores.calibrate_shots`. Defaults to `False`.
        **kwargs: As for `keras.Model.predict`.

    Returns:
        `CalibratedIntervals`, with the methods `predict_interval` and
        `predict_ranges`.

    Examples:

    >>> from keras_groupdir import GroupRegressor
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=10)
    >>> model = GroupRegressor(encoder, groups)
    >>> x, y = np.zeros((30, 4), "float32"), np.linspace(0, 5, 30)
    >>> calibrated = calibrate_intervals(model, x, y, y, verbose=0)
    >>> calibrated.predict_interval(x, verbose=0).shape
    (30, 2)
    >>> calibrated.predict_ranges(x, verbose=0).shape
    (30, 1, 2)
    """
    labels = check_labels("y", y)
    coverage = check_coverage(coverage)
    check_order(x, labels)
    raw = raw_intervals(model, x, coverage, **kwargs)
    check_length(raw[:, 0], labels)
    calibration = calibrate_shots(
        raw,
        labels,
        train_labels,
        bins,
        coverage,
        scaled,
        bounded,
        many_above,
        few_below,
        relative_shots,
        interpolate,
    )
    return CalibratedIntervals(model, calibration)


def raw_intervals(
    model: keras.Model, x: Any, coverage: float, **kwargs: Any
) -> np.ndarray:
    """The model's own intervals, or its predictions as both ends."""
    check_some_rows("x", x)
    found = None
    if isinstance(model, LabelModel):
        outputs = model.predict_outputs(x, **kwargs)
        found = model.output_interval(outputs, coverage)
        points = outputs["prediction"]
    else:
        points = model.predict(x, **kwargs)
    if found is None:
        if not isinstance(points, np.ndarray):
            raise ValueError(
                "`model` must predict one array, shape (n,) or (n, 1). "
                f"Received: a {type(points).__name__}"
            )
        points = points.astype("float64")
        check_length(points, points)
        found = np.repeat(points.reshape(-1, 1), 2, axis=1)
    return found
