"""Models: Group-DIR, the plain baseline, and the base of both."""

from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.vanilla_regressor import vanilla_regressor

__all__ = ["GroupRegressor", "LabelModel", "vanilla_regressor"]
