"""Bad arguments of the public API: each is refused by its name.

A row of `CALLS` is something to call, arguments it takes, and bad values of
some of them. The error has to be raised by the library, before a backend
stumbles, and to name the argument.
"""

# ruff: noqa: E501

import traceback
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_groupdir
from keras_groupdir import LabelGroups
from keras_groupdir import callbacks
from keras_groupdir import experiments
from keras_groupdir import labels
from keras_groupdir import layers
from keras_groupdir import losses
from keras_groupdir import metrics
from keras_groupdir import models
from keras_groupdir import recipes
from keras_groupdir import resampling
from keras_groupdir import scores
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_label_model
from tests.support.models import small_regressor

NAN = float("nan")
X, Y = skewed_data()
BAD = np.where(Y > 3, np.nan, Y)
TWO = np.stack([Y, Y], axis=1)
SHORT = Y[:7]
DATES = Y.astype("datetime64[s]")
# What no labels are, whoever takes them.
LABELS = [BAD, TWO, [], ["a"] * 24, DATES, Y + 1j, np.ma.masked_less(Y, 3)]
COUNTS = [[3, -1, 2, 4], [3, NAN, 2, 4], [3, 2], [0] * 4, ["a"] * 4]
POSITIVE = [0, -1, NAN, "a", None]
WHOLE = [0, -1, 2.5, "3"]
HEIGHTS = np.zeros((24, 4), "float32")
EDGES = {"group_ids": [0, 1, 2], "embeddings": np.eye(3), "num_groups": 4}


def compiled():
    model = small_regressor()
    model.compile("sgd")
    return model


def fit(**given):
    return compiled().fit(**{"verbose": 0, **given})


def evaluate(**given):
    return compiled().evaluate(verbose=0, **given)


def compile_model(**given):
    return small_regressor().compile(**given)


def choose(**given):
    return models.choose_prior_correction(
        small_regressor(), x=X, verbose=0, **given
    )


def weigh_groups(**given):
    return models.fit_group_weights(small_regressor(), x=X, verbose=0, **given)


def predict_interval(**given):
    return small_regressor().predict_interval(verbose=0, **given)


def calibrate(**given):
    return models.calibrate_intervals(
        small_regressor(), x=X, verbose=0, **given
    )


def fit_recipe(recipe="vanilla", **given):
    task = given.pop("task", recipes.LabelTask(Y, GROUPS))
    return recipes.fit_recipe(
        recipe, small_encoder, task, **{"verbose": 0, "epochs": 0, **given}
    )


def problem(**given):
    data = X, Y
    split = {"train": data, "val": data, "test": data}
    return experiments.Problem(small_encoder, **{**split, **given})


def compare(**given):
    quiet = {"say": lambda line: None}
    return experiments.compare(
        problem(budget=experiments.Budget(epochs=1)), **{**quiet, **given}
    )


def loss_of(loss):
    return lambda y_true, y_pred: loss(y_true, y_pred)


def metric_of(metric):
    return lambda y_true, y_pred: metric(GROUPS)(y_true, y_pred)


PRIOR = {"means": [1.0, 5.0], "variances": [1.0, 2.0], "weights": [1, 3]}
BATCH = {"labels": Y, "predictions": Y}
EMBEDDED = {"labels": Y, "embeddings": HEIGHTS}
LOGITS = {"y_true": Y, "y_pred": HEIGHTS}
BOTH = {"y_true": Y, "y_pred": Y[:, None]}
EDGE_LOGITS = {"y_true": Y, "y_pred": HEIGHTS[:, :3]}
OF_GROUPS = [HEIGHTS[:, :3], HEIGHTS[:, 0], HEIGHTS[:5]]
TABLE = {"x": X, "y": np.append(Y[:20], [40, 50, 60, 70]), "seed": 0}
WEIGHED = {"bins": GROUPS, "bin_weights": [1, 2, 3, 4]}
BIN_WEIGHTS = [[3, -1, 2, 4], [3, 0, 2, 4], [3, NAN, 2, 4], [3, 2], ["a"] * 4]
TABLES = [[0, 1], [0, 2, 1], [0, NAN, 2], "abc", TWO]
LEVELS = [[0, 0.5], [0.5, 1], [0.9, 0.5], [0.5, 0.5], [NAN, 0.5], [], "ab", TWO]
SPLIT = {"labels": Y, "bins": GROUPS, "most_per_bin": 1, "seed": 0}
SHOTS = {
    "y_true": Y,
    "predictions": {"model": Y},
    "shots": ["few"] * 24,
    "bins": GROUPS,
}
ENDS = np.stack([Y, Y], axis=1)
INTERVALS = {
    "intervals": ENDS,
    "y": Y,
    "train_labels": Y,
    "bins": GROUPS,
}
WITHOUT_BINS = {k: v for k, v in INTERVALS.items() if k != "bins"}
# One row a call.
# fmt: off
CALLS = [
    (LabelGroups, {"edges": [0, 1, 2]}, {"edges": [[0, 1e+39, 2e+39], [0, 1], [0, 2, 1], [0, 1, NAN], "ab", [[0, 1], [1, 2]]]}),
    (LabelGroups.equal_width, {"low": 0, "high": 8, "num_groups": 4}, {"low": [NAN, 9, "a", None], "num_groups": [1, 2.5, "4", None]}),
    (LabelGroups.equal_width, {"low": 0, "high": 8, "width": 2}, {"width": [3, 0, NAN]}),
    (LabelGroups.from_labels, {"labels": Y}, {"labels": [*LABELS, [1, 1]], "num_groups": [1, 2.5]}),
    (LabelGroups.histogram, {"labels": Y}, {"labels": [[1, 1]], "num_bins": [0, 2.5, "9"]}),
    (LabelGroups.quantile, {"labels": Y, "num_groups": 4}, {"labels": [[1, 1]], "num_groups": [1, None]}),
    (GROUPS.assign, {"labels": Y}, {"labels": [BAD, TWO]}),
    (labels.balanced_split, SPLIT, {"labels": [BAD], "bins": [None, 4], "most_per_bin": WHOLE, "seed": [-1, 0.5], "keys": [[1, 2], [NAN] * 24]}),
    (labels.fit_label_mixture, {"labels": Y}, {"labels": [BAD, TWO, [1, 1]], "num_components": [*WHOLE, 99], "tolerance": POSITIVE, "max_rounds": WHOLE}),
    (labels.gaussian_labels, {"labels": Y, "groups": GROUPS}, {"labels": [TWO], "groups": [None, 4], "sigma": POSITIVE}),
    (labels.count_power_weights, {"counts": [3, 1, 2, 4]}, {"counts": COUNTS[:2] + COUNTS[3:], "power": [-1, NAN, "a"]}),
    (labels.involution_weights, {"train_labels": Y, "bins": GROUPS}, {"train_labels": [BAD, TWO], "bins": [None, 4], "alpha": POSITIVE}),
    (labels.label_quantiles, {"train_labels": Y}, {"train_labels": [BAD, TWO], "num_quantiles": [2, 2.5, "9"], "bandwidth": [0, -1, NAN, "a"]}),
    (labels.group_prior_weights, {"counts": [3, 1, 2, 4]}, {"counts": COUNTS[:2] + COUNTS[4:], "tau": [-1, NAN, "a"]}),
    (labels.histogram_weights, {"train_labels": Y, "bins": GROUPS}, {"train_labels": [BAD, TWO], "bins": [None, 4], "reweight": ["lds"], "clip": [(100, 5), (1,), 5, (NAN, 3), (-1, 3)], "kernel": ["box"], "labels": [BAD]}),
    (labels.kernel_density, {"train_labels": Y}, {"train_labels": [BAD], "labels": [TWO], "bandwidth": [0, -1, NAN, "a"]}),
    (labels.kernel_density_weights, {"train_labels": Y}, {"alpha": [-1, NAN, "a"], "epsilon": POSITIVE}),
    (labels.label_shots, {"labels": Y, "train_labels": Y, "bins": GROUPS}, {"labels": [BAD], "bins": [4], "few_below": [200, -1, "a"], "relative_shots": ["yes", 1]}),
    (labels.nested_groups, {"labels": Y, "depth": 2}, {"labels": [*LABELS, [1, 1]], "depth": WHOLE, "low": [NAN, 9, "a"]}),
    (labels.ShotThresholds, {"many_above": 1, "few_below": 0.2, "mean_count": 9}, {"few_below": [2, -1, NAN], "mean_count": [0, NAN, "a"]}),
    (labels.smoothed_density, {"counts": [3, 1, 2, 4]}, {"counts": COUNTS[:2] + COUNTS[4:] + [TWO], "kernel": ["box"], "kernel_size": [4, 0], "sigma": POSITIVE}),
    (labels.soft_labels, {"group_ids": [0, 1], "num_groups": 3}, {"group_ids": [[[0, 1]], [0.5, 1]], "num_groups": [1, 2.5], "beta": [*POSITIVE, 1e-17]}),
    (losses.batch_monte_carlo, BATCH, {"labels": [TWO, SHORT], "predictions": [TWO], "noise": ["a"]}),
    (losses.BatchMonteCarlo, {}, {"noise": POSITIVE}),
    (losses.binned_numerical_integration, {**BATCH, "centers": [1, 3, 5, 7], "counts": [1, 2, 3, 4]}, {"labels": [TWO, SHORT], "centers": [[1, NAN, 5, 7]], "counts": COUNTS}),
    (losses.BinnedNumericalIntegration, {"bins": GROUPS, "counts": [1, 2, 3, 4]}, {"bins": [None, [0, 1, 2]], "counts": COUNTS}),
    (losses.gaussian_mixture_integration, {**BATCH, **PRIOR}, {"means": [[1, NAN]], "variances": [[1, 0], [1]], "weights": [[1, -3]]}),
    (losses.GaussianMixtureIntegration, PRIOR, {"means": [[1, NAN], [1]], "variances": [[1, 0]], "weights": [[1, -3]]}),
    (losses.contrastive_regularizer, {**EMBEDDED, "predictions": Y}, {"labels": [TWO, SHORT], "predictions": [TWO, SHORT], "window": POSITIVE, "temperature": POSITIVE, "push": POSITIVE}),
    (losses.CumulativeCrossentropy, {"groups": GROUPS}, {"groups": [None, 4, [0, 1, 2]]}),
    (loss_of(losses.CumulativeCrossentropy(GROUPS)), EDGE_LOGITS, {"y_true": [TWO, SHORT], "y_pred": [HEIGHTS, HEIGHTS[:, 0], HEIGHTS[:5, :3]]}),
    (loss_of(losses.ConditionalCrossentropy(GROUPS)), EDGE_LOGITS, {"y_true": [TWO, SHORT], "y_pred": [HEIGHTS, HEIGHTS[:, 0], HEIGHTS[:5, :3]]}),
    (losses.correlated_error, {**BATCH, **WEIGHED}, {"labels": [TWO, SHORT], "predictions": [TWO], "bins": [None, 4], "bin_weights": BIN_WEIGHTS, "scale": POSITIVE, "error": ["huber"], "weight": [-1, NAN, "a"]}),
    (losses.CorrelatedError, WEIGHED, {"bins": [None, 4], "bin_weights": BIN_WEIGHTS, "scale": POSITIVE, "error": ["huber"], "weight": [-1, NAN, "a"]}),
    (losses.distribution_error, {**BATCH, "label_quantiles": [0, 1, 8]}, {"labels": [TWO, SHORT], "predictions": [TWO], "label_quantiles": TABLES, "scale": POSITIVE, "error": ["huber"], "weight": [-1, NAN, "a"]}),
    (losses.DistributionError, {"label_quantiles": [0, 1, 8]}, {"label_quantiles": TABLES, "scale": POSITIVE, "error": ["huber"], "weight": [-1, NAN, "a"]}),
    (losses.laplace_likelihood, {"labels": Y, "laplace": HEIGHTS[:, :2]}, {"labels": [TWO, SHORT], "laplace": [HEIGHTS, Y]}),
    (losses.LaplaceLikelihood, WEIGHED, {"bins": [None, 4], "bin_weights": BIN_WEIGHTS}),
    (losses.pinball, {"labels": Y, "predicted_quantiles": TWO, "quantiles": [0.1, 0.9]}, {"labels": [TWO, SHORT], "predicted_quantiles": [HEIGHTS, Y], "quantiles": LEVELS, "scale": POSITIVE}),
    (losses.Pinball, {"quantiles": [0.1, 0.9]}, {"quantiles": LEVELS, "scale": POSITIVE}),
    (losses.evidential_regression, {"labels": Y, "evidential": HEIGHTS}, {"labels": [TWO, SHORT], "evidential": [TWO], "evidence_weight": POSITIVE}),
    (losses.FocalRegression, {}, {"error": ["huber"], "activation": ["relu"], "beta": POSITIVE, "gamma": POSITIVE, "scale": POSITIVE}),
    (losses.gaussian_divergence, {"gaussians": TWO}, {"gaussians": [HEIGHTS[:, :3], Y]}),
    (losses.GaussianGroupCrossentropy, {"groups": GROUPS}, {"groups": [None, 4], "sigma": POSITIVE}),
    (loss_of(losses.GaussianGroupCrossentropy(GROUPS)), LOGITS, {"y_true": [TWO, SHORT], "y_pred": OF_GROUPS}),
    (losses.HierarchicalCrossentropy, {"levels": [GROUPS]}, {"levels": [None, 4, GROUPS, [], [None]]}),
    (loss_of(losses.HierarchicalCrossentropy([GROUPS])), LOGITS, {"y_true": [TWO, SHORT], "y_pred": OF_GROUPS}),
    (losses.geometric_constraints, {**EMBEDDED, "bins": GROUPS}, {"labels": [TWO, SHORT], "bins": [None, 4], "envelope_weight": [-1, NAN, "a"], "homogeneity_weight": [-1, NAN, "a"], "temperature": POSITIVE, "num_points": WHOLE}),
    (losses.GroupCrossentropy, {"groups": GROUPS}, {"groups": [None, 4, [0, 1, 2]]}),
    (loss_of(losses.GroupCrossentropy(GROUPS)), LOGITS, {"y_true": [TWO, SHORT], "y_pred": OF_GROUPS}),
    (losses.LogitAdjustedCrossentropy, {"groups": GROUPS, "counts": [1, 2, 3, 4]}, {"counts": COUNTS, "tau": POSITIVE}),
    (loss_of(losses.LogitAdjustedCrossentropy(GROUPS, [1, 2, 3, 4])), LOGITS, {"y_pred": OF_GROUPS}),
    (loss_of(losses.OrdinalEntropy()), LOGITS, {"y_true": [TWO, SHORT]}),
    (losses.ordinal_group_contrastive, EDGES, {"group_ids": [[0, 1], [[0, 1, 2]] * 2], "num_groups": WHOLE, "temperature": POSITIVE, "similarity": ["dot"], "tile_rows": [0, "all"]}),
    (losses.rank_n_contrast, EMBEDDED, {"labels": [SHORT, HEIGHTS[None]], "temperature": POSITIVE, "similarity": ["dot"]}),
    (losses.rank_similarity, EMBEDDED, {"labels": [TWO, SHORT], "interpolation": POSITIVE}),
    (loss_of(losses.RoutedError(GROUPS)), LOGITS, {"y_true": [TWO, SHORT], "y_pred": OF_GROUPS}),
    (losses.ScaledError, {"scale": 1}, {"scale": POSITIVE, "error": ["mae"], "delta": POSITIVE}),
    (loss_of(losses.ScaledError(1)), BOTH, {"y_true": [TWO, SHORT], "y_pred": [TWO, SHORT]}),
    (losses.SoftGroupCrossentropy, {"groups": GROUPS}, {"beta": [*POSITIVE, 1e-17]}),
    (loss_of(losses.SoftGroupCrossentropy(GROUPS)), LOGITS, {"y_pred": OF_GROUPS}),
    (metric_of(metrics.GroupAccuracy), LOGITS, {"y_true": [TWO, SHORT], "y_pred": OF_GROUPS}),
    (metric_of(metrics.MeanGroupDistance), LOGITS, {"y_true": [TWO], "y_pred": OF_GROUPS[:1]}),
    (metric_of(metrics.OracleMeanAbsoluteError), LOGITS, {"y_true": [TWO, SHORT], "y_pred": OF_GROUPS}),
    (layers.CumulativeLogits, {"num_groups": 3}, {"num_groups": [*WHOLE, 1]}),
    (layers.EdgeExpectation, {"groups": GROUPS}, {"groups": [None, 4]}),
    (layers.GroupExpectation, {"groups": GROUPS}, {"groups": [None, 4], "values": [[1, 2], [1, 2, NAN, 4]]}),
    (layers.HierarchicalAdjustment, {"levels": [GROUPS]}, {"levels": [None, 4, GROUPS, []]}),
    (layers.EvidentialHead, {"low": 0, "high": 8}, {"low": [9, NAN, "a", None]}),
    (layers.FeatureSmoothing, {"bins": GROUPS}, {"bins": [None], "kernel": ["box"], "kernel_size": [4, 9], "sigma": POSITIVE, "momentum": [1, -0.1, "a"], "start_update": [-1], "clip": [(10, 5), (1,), 3]}),
    (layers.GaussianEmbedding, {"units": 2}, {"units": WHOLE, "initial_deviation": POSITIVE}),
    (layers.LaplaceVotes, {}, {"num_heads": WHOLE, "voting": ["mean"], "start": [NAN, "a"], "spread": POSITIVE}),
    (layers.QuantileHead, {"quantiles": [0.1, 0.5]}, {"quantiles": [*LEVELS, [0.1, 0.9]], "start": [NAN, "a"], "spread": POSITIVE}),
    (layers.NoiseScale, {}, {"initial_noise": POSITIVE}),
    (layers.RoutedExperts, {"groups": GROUPS}, {"groups": [None, 4], "routing": ["best"], "beta": [0, -1, NAN, 1e-17], "expert_units": WHOLE, "group_weights": [[1, 2], [1, 2, 3, 0]], "temperature": POSITIVE}),
    (layers.route, {"group_logits": HEIGHTS, "expert_values": HEIGHTS}, {"group_logits": [Y], "expert_values": [HEIGHTS[:, :3]], "routing": ["best"], "beta": [0, 1e-17], "group_weights": [[1], [1, 2, NAN, 4]], "temperature": POSITIVE}),
    (models.VanillaRegressor, {"encoder": small_encoder(), "low": 0, "high": 8}, {"encoder": [None, "resnet"], "low": [9, NAN, "a"], "spread": [0, NAN], "start": [NAN, "a"], "error": ["mae"]}),
    (models.EvidentialRegressor, {"encoder": small_encoder(), "low": 0, "high": 8}, {"evidence_weight": [0, NAN, "a"]}),
    (models.QuantileRegressor, {"encoder": small_encoder(), "low": 0, "high": 8}, {"quantile_levels": [[0.1, 0.9], [0.5, 0.1]], "low": [9, NAN, "a"], "spread": [0, NAN], "start": [NAN, "a"], "error": ["mae"]}),
    (models.VotingRegressor, {"encoder": small_encoder(), "low": 0, "high": 8, "bins": GROUPS, "counts": [1, 2, 3, 4]}, {"bins": [None, 4], "counts": COUNTS, "num_heads": WHOLE, "voting": ["mean"], "spread": [0, NAN], "start": [NAN, "a"]}),
    (models.VariationalRegressor, {"encoder": small_encoder(), "low": 0, "high": 8}, {"units": [0, 2.5], "divergence_weight": [-1, NAN]}),
    (models.DistributionRegressor, {"encoder": small_encoder(), "bins": GROUPS}, {"encoder": [None], "bins": [None, 4], "sigma": POSITIVE, "prediction_weight": [-1, NAN, "a"], "error": ["mae"]}),
    (models.OrdinalRegressor, {"encoder": small_encoder(), "groups": GROUPS}, {"encoder": [None], "groups": [None, 4], "error": ["mae"]}),
    (models.HierarchicalRegressor, {"encoder": small_encoder(), "levels": [GROUPS]}, {"encoder": [None], "levels": [None, GROUPS, []], "values": [[1, 2], [1, 2, NAN, 4]], "error": ["mae"]}),
    (models.GroupRegressor, {"encoder": small_encoder(), "groups": GROUPS}, {"groups": [None, 4], "routing": ["best"], "error": ["mae"]}),
    (models.FeatureSmoothingRegressor, {"model": small_label_model(), "bins": GROUPS}, {"model": [None, small_encoder()], "bins": [None]}),
    (models.encoder_of, {"model": small_label_model()}, {"model": [None, small_encoder()]}),
    (models.retrain_head, {"model": small_label_model()}, {"model": [None, small_encoder()]}),
    (weigh_groups, {"y": Y}, {"y": [BAD, SHORT], "sample_weight": [BAD, SHORT, -Y, 0 * Y], "penalty": [-1, NAN, "a", None], "samples_per_group": [-1, 0.5, "a"]}),
    (choose, {"y": Y, "train_labels": Y}, {"y": [BAD, SHORT], "train_labels": [BAD], "taus": [(-1,), (NAN,)], "temperatures": [(0,), (NAN,), 2]}),
    (compile_model, {}, {"loss": [{"head": "mse"}, [["mae"]]], "metrics": [{"head": ["mae"]}], "loss_weights": [{"head": 1}, 3]}),
    (fit, {"x": X, "y": Y}, {"y": [*LABELS, Y + 100, SHORT, {"age": Y}], "validation_data": [(X, BAD), [X, TWO], (X, SHORT)], "class_weight": [{0: 1}], "sample_weight": [SHORT, BAD]}),
    (evaluate, {"x": X, "y": Y}, {"y": [BAD, TWO, SHORT]}),
    (resampling.box_plot_points, {"labels": Y}, {"labels": [BAD], "coef": POSITIVE}),
    (resampling.relevance, {"labels": Y, "control_points": [(0, 0), (8, 1)]}, {"labels": [BAD], "control_points": [[], [(0, 2)], [(0, NAN)], [(1, 0), (0, 1)], "ab"]}),
    (resampling.smoter, TABLE, {"x": [X[:5], Y, np.full((24, 2), NAN)], "y": [BAD, TWO], "seed": [-1, 0.5], "k": WHOLE, "threshold": [0, 2, NAN, "a"], "coef": POSITIVE}),
    (resampling.smogn, TABLE, {"noise": POSITIVE, "k": WHOLE}),
    (scores.mean_absolute_error, {"y_true": Y, "y_pred": Y}, {"y_true": [TWO], "y_pred": [SHORT, ["a"] * 24]}),
    (scores.pearson_correlation, {"y_true": Y, "y_pred": Y}, {"y_pred": [SHORT]}),
    (scores.geometric_mean, {"y_true": Y, "y_pred": Y}, {"epsilon": [-1, NAN]}),
    (scores.balanced_mean_absolute_error, {"y_true": Y, "y_pred": Y}, {"bins": [4]}),
    (scores.balanced_mean_absolute_scaled_error, {"y_true": Y, "y_pred": Y, "train_labels": Y}, {"y_true": [TWO], "y_pred": [SHORT], "train_labels": [BAD, TWO, []], "bins": [4]}),
    (scores.squared_error_relevance_area, {"y_true": Y, "y_pred": Y, "control_points": [(0, 0), (8, 1)]}, {"y_true": [TWO], "y_pred": [SHORT], "control_points": [[], [(0, 2)]]}),
    (scores.concordance_correlation, {"y_true": Y, "y_pred": Y}, {"y_true": [TWO], "y_pred": [SHORT]}),
    (scores.calibrate_shots, INTERVALS, {"intervals": [Y, ENDS[:5], ENDS + np.array([1, 0]), np.full((24, 2), NAN), ["a"] * 24], "y": [BAD, TWO, []], "train_labels": [BAD, []], "bins": [4], "coverage": [0, 1, -1, NAN, "a", None], "scaled": [True], "few_below": [200, -1], "relative_shots": ["yes"]}),
    (scores.evaluate_intervals, INTERVALS, {"intervals": [Y, ENDS[:5], ENDS[:5, None], ENDS[:, None, ::-1] + np.array([1, 0]), np.stack([ENDS, ENDS * [1, NAN]], 1), ENDS + np.array([1, 0]), {"a": Y}], "y": [BAD], "train_labels": [BAD], "bins": [4], "few_below": [200], "relative_shots": [1]}),
    (scores.evaluate_intervals, WITHOUT_BINS, {"train_labels": [BAD, TWO, []]}),
    (scores.calibrate_shots, WITHOUT_BINS, {"train_labels": [BAD, TWO, []]}),
    (predict_interval, {"x": X}, {"x": [X[:0], []], "coverage": [0, 1, NAN, "a"]}),
    (calibrate, {"y": Y, "train_labels": Y, "bins": GROUPS, "coverage": 0.5}, {"y": [BAD, TWO, []], "train_labels": [BAD], "bins": [4], "coverage": [0, 1.5, "a"], "few_below": [200]}),
    (scores.shot_table, SHOTS, {"y_true": [BAD, SHORT], "predictions": [{"model": SHORT}, Y], "shots": [["rare"] * 24, ["few"]], "bins": [None]}),
    (callbacks.FeatureStatistics, {"x": X, "y": Y}, {"x": [X[:5]], "y": [None, BAD], "batch_size": WHOLE, "steps": [0, 2.5]}),
    (callbacks.ValidationError, {"x": X, "y": Y}, {"x": [X[:5]], "y": [None, BAD], "batch_size": WHOLE}),
    (recipes.LabelTask, {"labels": Y, "bins": GROUPS}, {"labels": [BAD, Y + 99], "bins": [4], "error": ["mae"], "reweight": ["lds"], "clip": [(100, 5), 3], "smoothing_clip": [(10, 5)]}),
    (recipes.make_recipe, {"name": "vanilla"}, {"name": ["best", None]}),
    (fit_recipe, {"x": X, "y": Y}, {"recipe": ["best", None], "task": [Y], "x": [X[:5]], "y": [BAD, TWO, SHORT], "validation_data": [(X, BAD), (X, Y, Y), (X, SHORT)], "batch_size": WHOLE, "seed": [-1, 0.5]}),
    (experiments.Budget, {}, {"epochs": WHOLE, "patience": [0], "batch_size": [0], "learning_rate": POSITIVE, "weight_decay": [-1, NAN], "clip_norm": POSITIVE, "schedule": ["step"]}),
    (problem, {}, {"train": [(X, BAD)], "few_below": [200, -1], "epsilon": [-1, NAN], "relative_shots": ["yes"]}),
    (compare, {"methods": ["vanilla"], "seeds": [0]}, {"methods": ["vanilla", [], ["best"]], "seeds": [[], [0, 0], [-1], 3], "tries": [0, 9, 1.5], "settings": [{"best": {}}]}),
    (experiments.reach, {"size": 3}, {"size": [1, 0, 2.5]}),
    (loss_of(losses.BatchMonteCarlo()), BOTH, {"y_pred": [HEIGHTS[:, :3], HEIGHTS[:, None]]}),
    (loss_of(losses.ContrastiveRegularizer()), LOGITS, {"y_pred": [Y[:, None]]}),
    (loss_of(losses.FocalRegression()), BOTH, {"y_true": [TWO], "y_pred": [TWO]}),
    (LabelGroups.equal_width, {"low": 0, "high": 8, "width": 2}, {"num_groups": [4]}),
]
# fmt: on
# Refused before a backend sees them; what good ones do there is asked of each.
pytestmark = pytest.mark.one_backend

PACKAGE = str(Path(keras_groupdir.__file__).parent)


def bad_calls():
    for place, (_, _, bad) in enumerate(CALLS):
        for argument, values in bad.items():
            for number, value in enumerate(values):
                name = getattr(CALLS[place][0], "__name__", "call")
                yield pytest.param(
                    place, argument, value, id=f"{name}-{argument}-{number}"
                )


@pytest.mark.parametrize(("place", "argument", "value"), list(bad_calls()))
def test_a_bad_argument_is_refused_by_its_name(place, argument, value):
    call, good, _ = CALLS[place]
    with pytest.raises((ValueError, TypeError)) as caught:
        call(**{**good, argument: value})
    (*_, last) = traceback.extract_tb(caught.value.__traceback__)
    assert last.filename.startswith(PACKAGE), last
    assert f"`{argument}" in str(caught.value)


@pytest.mark.parametrize("place", range(len(CALLS)))
def test_without_it_the_call_is_fine(place):
    call, good, _ = CALLS[place]
    call(**good)


def calls_with_groups():
    for place, (call, good, _) in enumerate(CALLS):
        for argument, value in good.items():
            if isinstance(value, LabelGroups):
                name = getattr(call, "__name__", "call")
                yield pytest.param(place, argument, id=f"{name}-{argument}")


@pytest.mark.parametrize(("place", "argument"), list(calls_with_groups()))
def test_groups_may_come_as_their_config(place, argument):
    call, good, _ = CALLS[place]
    config = keras.saving.serialize_keras_object(good[argument])
    call(**{**good, argument: config})
