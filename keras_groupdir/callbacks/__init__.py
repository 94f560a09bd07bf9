"""Callbacks: what is done after every epoch."""

from keras_groupdir.callbacks.feature_statistics import FeatureStatistics
from keras_groupdir.callbacks.validation_error import ValidationError

__all__ = ["FeatureStatistics", "ValidationError"]
