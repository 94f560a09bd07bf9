"""Recipes that classify bins or groups of the label and predict a mean."""

from typing import Any

import keras

from keras_groupdir.labels import LabelGroups
from keras_groupdir.models import DistributionRegressor
from keras_groupdir.models import HierarchicalRegressor
from keras_groupdir.models import OrdinalRegressor
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage

APPROXIMATE = (
    "approximate: without the distillation into one classifier; "
    "models.HierarchicalRegressor says what differs"
)


def hl_gauss(num_bins: int | None = 50, sigma: float = 0.75) -> Recipe:
    """Bins of one width, learned from a Gaussian around the label.

    Args:
        num_bins: Number of bins, or `None` for those of the task. Defaults to
            `50`.
        sigma: Of the Gaussian, in widths of a bin. Defaults to `0.75`.
    """
    return _distribution("HL-Gauss", num_bins, sigma, 0.0)


def dldl_v2(
    num_bins: int | None = None,
    sigma: float = 2.0,
    prediction_weight: float = 100.0,
) -> Recipe:
    """The same, and the absolute error of what is predicted.

    Args:
        num_bins: Number of bins, or `None` for those of the task, which for
            ages are the published ones of a year. Defaults to `None`.
        sigma: Of the Gaussian, in widths of a bin. Defaults to `2.0`, the
            published two years.
        prediction_weight: Beside an error of labels whose range is 1. The
            published one is 1 beside years. Defaults to `100.0`, which is that
            for a range of 100 years.
    """
    return _distribution("DLDL-v2", num_bins, sigma, prediction_weight)


def coral(num_groups: int | None = None) -> Recipe:
    """Ordinal classification with one score and a threshold for each edge.

    Args:
        num_groups: Number of groups of one width, or `None` for the bins of
            the task, which for ages are the published ones of a year. Defaults
            to `None`.
    """
    return _ordinal("CORAL", num_groups, conditional=False)


def corn(num_groups: int | None = None) -> Recipe:
    """Ordinal classification, each edge given the one before.

    Args:
        num_groups: As for `coral`.
    """
    return _ordinal("CORN", num_groups, conditional=True)


def hca(depth: int = 5) -> Recipe:
    """Classifiers of 2, 4, 8, ... quantile groups, coarse ones correct fine.

    Args:
        depth: Number of levels, at most. Defaults to `5`, for 2 to 32 groups.
    """

    def build(encoder: keras.Model, task: LabelTask) -> HierarchicalRegressor:
        return HierarchicalRegressor.from_labels(
            encoder, task.labels, depth, task.low, task.high, error=task.error
        )

    return Recipe("HCA", (Stage(build),), note=APPROXIMATE)


def _distribution(
    title: str, num_bins: int | None, sigma: float, prediction_weight: float
) -> Recipe:
    def build(encoder: keras.Model, task: LabelTask) -> DistributionRegressor:
        return DistributionRegressor(
            encoder, _bins(task, num_bins), sigma, prediction_weight
        )

    return Recipe(title, (Stage(build),))


def _ordinal(title: str, num_groups: int | None, **settings: Any) -> Recipe:
    def build(encoder: keras.Model, task: LabelTask) -> OrdinalRegressor:
        return OrdinalRegressor(
            encoder, _bins(task, num_groups), error=task.error, **settings
        )

    return Recipe(title, (Stage(build),))


def _bins(task: LabelTask, number: int | None) -> LabelGroups:
    if number is None:
        return task.bins
    return LabelGroups.equal_width(task.low, task.high, number)
