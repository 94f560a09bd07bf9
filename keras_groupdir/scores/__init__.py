"""Scores of finished predictions, in NumPy: errors, intervals, shot tables."""

from keras_groupdir.scores.calibrate_shots import calibrate_shots
from keras_groupdir.scores.errors import balanced_mean_absolute_error
from keras_groupdir.scores.errors import balanced_mean_absolute_scaled_error
from keras_groupdir.scores.errors import concordance_correlation
from keras_groupdir.scores.errors import geometric_mean
from keras_groupdir.scores.errors import mean_absolute_error
from keras_groupdir.scores.errors import mean_squared_error
from keras_groupdir.scores.errors import pearson_correlation
from keras_groupdir.scores.errors import squared_error_relevance_area
from keras_groupdir.scores.evaluate_intervals import evaluate_intervals
from keras_groupdir.scores.evaluate_shots import evaluate_shots
from keras_groupdir.scores.shot_calibration import ShotCalibration
from keras_groupdir.scores.shot_table import ShotTable
from keras_groupdir.scores.shot_table import shot_table

__all__ = [
    "ShotCalibration",
    "ShotTable",
    "balanced_mean_absolute_error",
    "balanced_mean_absolute_scaled_error",
    "calibrate_shots",
    "concordance_correlation",
    "evaluate_intervals",
    "evaluate_shots",
    "geometric_mean",
    "mean_absolute_error",
    "mean_squared_error",
    "pearson_correlation",
    "shot_table",
    "squared_error_relevance_area",
]
