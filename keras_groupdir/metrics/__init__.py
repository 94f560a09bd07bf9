"""Metrics for `compile`; for finished predictions, see `scores`."""

from keras_groupdir.metrics.group_accuracy import GroupAccuracy
from keras_groupdir.metrics.mean_group_distance import MeanGroupDistance
from keras_groupdir.metrics.oracle_mean_absolute_error import (
    OracleMeanAbsoluteError,
)

__all__ = [
    "GroupAccuracy",
    "MeanGroupDistance",
    "OracleMeanAbsoluteError",
]
