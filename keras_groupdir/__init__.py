"""Deep imbalanced regression with label groups, for Keras 3."""

from keras_groupdir import callbacks
from keras_groupdir import density
from keras_groupdir import layers
from keras_groupdir import losses
from keras_groupdir import metrics
from keras_groupdir import models
from keras_groupdir import recipes
from keras_groupdir import resampling
from keras_groupdir.balance_weights import balance_weights
from keras_groupdir.dense_weights import dense_weights
from keras_groupdir.evaluation import evaluate_shots
from keras_groupdir.groups import LabelGroups
from keras_groupdir.label_mixture import fit_label_mixture
from keras_groupdir.models import GroupRegressor
from keras_groupdir.models import LabelModel
from keras_groupdir.models import vanilla_regressor
from keras_groupdir.targets import soft_labels
from keras_groupdir.version import __version__

__all__ = [
    "GroupRegressor",
    "LabelGroups",
    "LabelModel",
    "__version__",
    "balance_weights",
    "callbacks",
    "dense_weights",
    "density",
    "evaluate_shots",
    "fit_label_mixture",
    "layers",
    "losses",
    "metrics",
    "models",
    "recipes",
    "resampling",
    "soft_labels",
    "vanilla_regressor",
]
