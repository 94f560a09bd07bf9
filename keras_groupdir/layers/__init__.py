"""Layers: heads and what stands beside their predictions."""

from keras_groupdir.layers.cumulative_logits import CumulativeLogits
from keras_groupdir.layers.edge_expectation import EdgeExpectation
from keras_groupdir.layers.evidential_head import EvidentialHead
from keras_groupdir.layers.evidential_head import evidential_uncertainty
from keras_groupdir.layers.feature_smoothing import FeatureSmoothing
from keras_groupdir.layers.gaussian_embedding import GaussianEmbedding
from keras_groupdir.layers.gaussian_sample import GaussianSample
from keras_groupdir.layers.group_expectation import GroupExpectation
from keras_groupdir.layers.hierarchical_adjustment import HierarchicalAdjustment
from keras_groupdir.layers.laplace_votes import LaplaceVotes
from keras_groupdir.layers.noise_scale import NoiseScale
from keras_groupdir.layers.quantile_head import QuantileHead
from keras_groupdir.layers.routed_experts import RoutedExperts
from keras_groupdir.layers.routing import ROUTINGS
from keras_groupdir.layers.routing import route
from keras_groupdir.layers.routing import routing_weights

__all__ = [
    "ROUTINGS",
    "CumulativeLogits",
    "EdgeExpectation",
    "EvidentialHead",
    "FeatureSmoothing",
    "GaussianEmbedding",
    "GaussianSample",
    "GroupExpectation",
    "HierarchicalAdjustment",
    "LaplaceVotes",
    "NoiseScale",
    "QuantileHead",
    "RoutedExperts",
    "evidential_uncertainty",
    "route",
    "routing_weights",
]
