"""Resampling: more rare samples, made up, and fewer common ones."""

from keras_groupdir.resampling.relevance import box_plot_points
from keras_groupdir.resampling.relevance import relevance
from keras_groupdir.resampling.resample import Resampled
from keras_groupdir.resampling.smogn import smogn
from keras_groupdir.resampling.smoter import smoter

__all__ = ["Resampled", "box_plot_points", "relevance", "smogn", "smoter"]
