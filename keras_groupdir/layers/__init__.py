"""Layers: heads and what stands beside their predictions."""

from keras_groupdir.layers.evidential_head import EvidentialHead
from keras_groupdir.layers.evidential_head import evidential_uncertainty
from keras_groupdir.layers.feature_smoothing import FeatureSmoothing
from keras_groupdir.layers.gaussian_embedding import GaussianEmbedding
from keras_groupdir.layers.gaussian_sample import GaussianSample
from keras_groupdir.layers.noise_scale import NoiseScale
from keras_groupdir.layers.routed_experts import RoutedExperts
from keras_groupdir.layers.routing import ROUTINGS
from keras_groupdir.layers.routing import route
from keras_groupdir.layers.routing import routing_weights

__all__ = [
    "ROUTINGS",
    "EvidentialHead",
    "FeatureSmoothing",
    "GaussianEmbedding",
    "GaussianSample",
    "NoiseScale",
    "RoutedExperts",
    "evidential_uncertainty",
    "route",
    "routing_weights",
]
