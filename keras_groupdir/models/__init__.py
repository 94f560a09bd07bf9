"""Models: the label-broadcasting base and Group-DIR."""

from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.models.label_model import LabelModel

__all__ = ["GroupRegressor", "LabelModel"]
