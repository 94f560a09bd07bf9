"""Metrics: for `compile`, and for finished predictions."""

from keras_groupdir.metrics.errors import balanced_mae
from keras_groupdir.metrics.errors import geometric_mean
from keras_groupdir.metrics.errors import mae
from keras_groupdir.metrics.errors import mse
from keras_groupdir.metrics.errors import pearson
from keras_groupdir.metrics.group_accuracy import GroupAccuracy
from keras_groupdir.metrics.mean_group_distance import MeanGroupDistance
from keras_groupdir.metrics.oracle_mean_absolute_error import (
    OracleMeanAbsoluteError,
)
from keras_groupdir.metrics.shot_table import ShotTable
from keras_groupdir.metrics.shot_table import shot_table

__all__ = [
    "GroupAccuracy",
    "MeanGroupDistance",
    "OracleMeanAbsoluteError",
    "ShotTable",
    "balanced_mae",
    "geometric_mean",
    "mae",
    "mse",
    "pearson",
    "shot_table",
]
