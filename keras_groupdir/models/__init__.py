"""Models: Group-DIR, the plain baseline, the base of all, and stages."""

from keras_groupdir.models.calibrated_intervals import CalibratedIntervals
from keras_groupdir.models.calibrated_intervals import calibrate_intervals
from keras_groupdir.models.distribution_regressor import DistributionRegressor
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.evidential_regressor import EvidentialRegressor
from keras_groupdir.models.feature_smoothing_regressor import (
    FeatureSmoothingRegressor,
)
from keras_groupdir.models.fitted_group_weights import FittedGroupWeights
from keras_groupdir.models.fitted_group_weights import fit_group_weights
from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.models.hierarchical_regressor import HierarchicalRegressor
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.label_shift import LabelShift
from keras_groupdir.models.label_shift import estimate_label_shift
from keras_groupdir.models.multi_target_regressor import MultiTargetRegressor
from keras_groupdir.models.ordinal_regressor import OrdinalRegressor
from keras_groupdir.models.prior_correction import PriorCorrection
from keras_groupdir.models.prior_correction import choose_prior_correction
from keras_groupdir.models.quantile_regressor import QuantileRegressor
from keras_groupdir.models.retrain_head import retrain_head
from keras_groupdir.models.saved_model import run_with_tensorflow
from keras_groupdir.models.split_model import encoder_of
from keras_groupdir.models.split_model import head_of
from keras_groupdir.models.table_encoder import table_encoder
from keras_groupdir.models.vanilla_regressor import VanillaRegressor
from keras_groupdir.models.variational_regressor import VariationalRegressor
from keras_groupdir.models.voting_regressor import VotingRegressor

__all__ = [
    "CalibratedIntervals",
    "DistributionRegressor",
    "EncoderRegressor",
    "EvidentialRegressor",
    "FeatureSmoothingRegressor",
    "FittedGroupWeights",
    "GroupRegressor",
    "HierarchicalRegressor",
    "LabelModel",
    "LabelShift",
    "MultiTargetRegressor",
    "OrdinalRegressor",
    "PriorCorrection",
    "QuantileRegressor",
    "VanillaRegressor",
    "VariationalRegressor",
    "VotingRegressor",
    "calibrate_intervals",
    "choose_prior_correction",
    "encoder_of",
    "estimate_label_shift",
    "fit_group_weights",
    "head_of",
    "retrain_head",
    "run_with_tensorflow",
    "table_encoder",
]
