"""Models: Group-DIR, the plain baseline, the base of both, and stages."""

from keras_groupdir.models.evidential_regressor import evidential_regressor
from keras_groupdir.models.feature_smoothing_model import FeatureSmoothingModel
from keras_groupdir.models.feature_smoothing_model import smooth_features
from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.retrain_head import retrain_head
from keras_groupdir.models.vanilla_regressor import vanilla_regressor
from keras_groupdir.models.variational_regressor import variational_regressor

__all__ = [
    "FeatureSmoothingModel",
    "GroupRegressor",
    "LabelModel",
    "evidential_regressor",
    "retrain_head",
    "smooth_features",
    "vanilla_regressor",
    "variational_regressor",
]
