"""Callbacks: what happens between two epochs."""

from keras_groupdir.callbacks.feature_statistics import FeatureStatistics

__all__ = ["FeatureStatistics"]
