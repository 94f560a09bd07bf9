"""Losses on a plain float label, each for one named output of a model."""

from keras_groupdir.losses.focal_regression import FocalRegression
from keras_groupdir.losses.group_crossentropy import GroupCrossentropy
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
from keras_groupdir.losses.rank_n_contrast import RankNContrast
from keras_groupdir.losses.rank_n_contrast import rank_n_contrast
from keras_groupdir.losses.routed_mean_squared_error import (
    RoutedMeanSquaredError,
)
from keras_groupdir.losses.soft_group_crossentropy import SoftGroupCrossentropy
from keras_groupdir.targets import soft_labels

__all__ = [
    "FocalRegression",
    "GroupCrossentropy",
    "LogitAdjustedCrossentropy",
    "OrdinalEntropy",
    "OrdinalGroupContrastive",
    "RankNContrast",
    "RoutedMeanSquaredError",
    "SoftGroupCrossentropy",
    "ordinal_group_contrastive",
    "rank_n_contrast",
    "soft_labels",
]
