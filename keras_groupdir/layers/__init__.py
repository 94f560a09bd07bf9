"""Layers: the head of Group-DIR and its routing."""

from keras_groupdir.layers.routed_experts import RoutedExperts
from keras_groupdir.layers.routing import route
from keras_groupdir.layers.routing import routing_weights

__all__ = ["RoutedExperts", "route", "routing_weights"]
