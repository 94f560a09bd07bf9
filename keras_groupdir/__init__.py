"""Deep imbalanced regression with label groups, for Keras 3."""

from keras_groupdir import callbacks
from keras_groupdir import experiments
from keras_groupdir import labels
from keras_groupdir import layers
from keras_groupdir import losses
from keras_groupdir import metrics
from keras_groupdir import models
from keras_groupdir import recipes
from keras_groupdir import reports
from keras_groupdir import resampling
from keras_groupdir import scores
from keras_groupdir.labels import LabelGroups
from keras_groupdir.models import GroupRegressor
from keras_groupdir.models import LabelModel
from keras_groupdir.models import VanillaRegressor
from keras_groupdir.scores import evaluate_shots
from keras_groupdir.version import __version__

__all__ = [
    "GroupRegressor",
    "LabelGroups",
    "LabelModel",
    "VanillaRegressor",
    "__version__",
    "callbacks",
    "evaluate_shots",
    "experiments",
    "labels",
    "layers",
    "losses",
    "metrics",
    "models",
    "recipes",
    "reports",
    "resampling",
    "scores",
]
