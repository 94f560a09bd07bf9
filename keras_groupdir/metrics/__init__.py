"""Metrics: for `compile`, and for finished predictions."""

from keras_groupdir.metrics.errors import balanced_mae
from keras_groupdir.metrics.errors import geometric_mean
from keras_groupdir.metrics.errors import mae
from keras_groupdir.metrics.errors import mse
from keras_groupdir.metrics.errors import pearson
from keras_groupdir.metrics.group_accuracy import GroupAccuracy
from keras_groupdir.metrics.mean_group_distance import MeanGroupDistance

__all__ = [
    "GroupAccuracy",
    "MeanGroupDistance",
    "balanced_mae",
    "geometric_mean",
    "mae",
    "mse",
    "pearson",
]
