"""Losses on a plain float label, each for one named output of a model."""

from keras_groupdir.losses.batch_monte_carlo import BatchMonteCarlo
from keras_groupdir.losses.batch_monte_carlo import batch_monte_carlo
from keras_groupdir.losses.binned_numerical_integration import (
    BinnedNumericalIntegration,
)
from keras_groupdir.losses.binned_numerical_integration import (
    binned_numerical_integration,
)
from keras_groupdir.losses.conditional_crossentropy import (
    ConditionalCrossentropy,
)
from keras_groupdir.losses.contrastive_regularizer import ContrastiveRegularizer
from keras_groupdir.losses.contrastive_regularizer import (
    contrastive_regularizer,
)
from keras_groupdir.losses.correlated_error import CorrelatedError
from keras_groupdir.losses.correlated_error import correlated_error
from keras_groupdir.losses.cumulative_crossentropy import CumulativeCrossentropy
from keras_groupdir.losses.distribution_error import DistributionError
from keras_groupdir.losses.distribution_error import distribution_error
from keras_groupdir.losses.evidential_regression import EvidentialRegression
from keras_groupdir.losses.evidential_regression import evidential_regression
from keras_groupdir.losses.focal_regression import FocalRegression
from keras_groupdir.losses.gaussian_divergence import GaussianDivergence
from keras_groupdir.losses.gaussian_divergence import gaussian_divergence
from keras_groupdir.losses.gaussian_group_crossentropy import (
    GaussianGroupCrossentropy,
)
from keras_groupdir.losses.gaussian_mixture_integration import (
    GaussianMixtureIntegration,
)
from keras_groupdir.losses.gaussian_mixture_integration import (
    gaussian_mixture_integration,
)
from keras_groupdir.losses.geometric_constraints import GeometricConstraints
from keras_groupdir.losses.geometric_constraints import geometric_constraints
from keras_groupdir.losses.group_crossentropy import GroupCrossentropy
from keras_groupdir.losses.hierarchical_crossentropy import (
    HierarchicalCrossentropy,
)
from keras_groupdir.losses.laplace_likelihood import LaplaceLikelihood
from keras_groupdir.losses.laplace_likelihood import laplace_likelihood
from keras_groupdir.losses.logit_adjusted_crossentropy import (
    LogitAdjustedCrossentropy,
)
from keras_groupdir.losses.ordinal_entropy import OrdinalEntropy
from keras_groupdir.losses.ordinal_group_contrastive import (
    OrdinalGroupContrastive,
)
from keras_groupdir.losses.ordinal_group_contrastive import (
    ordinal_group_contrastive,
)
from keras_groupdir.losses.pinball import Pinball
from keras_groupdir.losses.pinball import pinball
from keras_groupdir.losses.rank_n_contrast import RankNContrast
from keras_groupdir.losses.rank_n_contrast import rank_n_contrast
from keras_groupdir.losses.rank_similarity import RankSimilarity
from keras_groupdir.losses.rank_similarity import rank_similarity
from keras_groupdir.losses.routed_error import RoutedError
from keras_groupdir.losses.scaled_error import ScaledError
from keras_groupdir.losses.soft_group_crossentropy import SoftGroupCrossentropy

__all__ = [
    "BatchMonteCarlo",
    "BinnedNumericalIntegration",
    "ConditionalCrossentropy",
    "ContrastiveRegularizer",
    "CorrelatedError",
    "CumulativeCrossentropy",
    "DistributionError",
    "EvidentialRegression",
    "FocalRegression",
    "GaussianDivergence",
    "GaussianGroupCrossentropy",
    "GaussianMixtureIntegration",
    "GeometricConstraints",
    "GroupCrossentropy",
    "HierarchicalCrossentropy",
    "LaplaceLikelihood",
    "LogitAdjustedCrossentropy",
    "OrdinalEntropy",
    "OrdinalGroupContrastive",
    "Pinball",
    "RankNContrast",
    "RankSimilarity",
    "RoutedError",
    "ScaledError",
    "SoftGroupCrossentropy",
    "batch_monte_carlo",
    "binned_numerical_integration",
    "contrastive_regularizer",
    "correlated_error",
    "distribution_error",
    "evidential_regression",
    "gaussian_divergence",
    "gaussian_mixture_integration",
    "geometric_constraints",
    "laplace_likelihood",
    "ordinal_group_contrastive",
    "pinball",
    "rank_n_contrast",
    "rank_similarity",
]
