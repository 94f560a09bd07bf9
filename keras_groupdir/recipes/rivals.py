"""Recipes of what came beside and after the paper, with one stage each."""

import keras

from keras_groupdir.labels import involution_weights
from keras_groupdir.labels import label_quantiles
from keras_groupdir.labels import smoothed_density
from keras_groupdir.losses import CorrelatedError
from keras_groupdir.losses import DistributionError
from keras_groupdir.models import LabelModel
from keras_groupdir.models import QuantileRegressor
from keras_groupdir.models import VotingRegressor
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.plain import plain_model
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage

STRATIFIED_NOTE = (
    "batches are stratified where data come as arrays, and their order is not "
    "kept; the smallest weight is a hundredth of the largest"
)


def dist_loss(weight: float = 1.0, bandwidth: float = 0.005) -> Recipe:
    """Dist Loss: sorted predictions near quantiles of the labels.

    Args:
        weight: Of the distribution beside the plain error. Defaults to `1.0`,
            as published.
        bandwidth: Of the kernel, for labels whose range is 1. Defaults to
            `0.005`: half a year of a hundred.
    """

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        quantiles = label_quantiles(
            task.labels, bandwidth=bandwidth * task.span
        )
        loss = DistributionError(quantiles, task.span, task.error, weight)
        return {"prediction": loss}, {"prediction": 1.0}

    return Recipe("Dist Loss", (Stage(plain_model, losses),))


def cisir(alpha: float = 1.0, weight: float = 0.1) -> Recipe:
    """CISIR: weighted errors, correlation, and stratified batches.

    Args:
        alpha: See `labels.involution_weights`. Defaults to `1.0`.
        weight: Of the correlation, beside an error of labels whose range is 1.
            Defaults to `0.1`.
    """

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        weights = involution_weights(task.labels, task.bins, alpha)
        loss = CorrelatedError(
            task.bins, weights, task.span, task.error, weight
        )
        return {"prediction": loss}, {"prediction": 1.0}

    stage = Stage(plain_model, losses, stratified=True)
    return Recipe("CISIR", (stage,), note=STRATIFIED_NOTE)


def uvote(
    num_heads: int = 3, voting: str = "hard", smooth: bool = True
) -> Recipe:
    """UVOTE: heads for common and for rare labels, the surest of which counts.

    Args:
        num_heads: See `models.VotingRegressor`. Defaults to `3`.
        voting: `"hard"` or `"precision"`. Defaults to `"hard"`.
        smooth: Whether labels are counted in a smoothed histogram. Defaults to
            `True`.
    """

    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        counts = task.bins.counts(task.labels)
        return VotingRegressor(
            encoder,
            task.low,
            task.high,
            task.bins,
            smoothed_density(counts) if smooth else counts,
            num_heads,
            voting,
            task.start,
            task.spread,
            task.error,
        )

    return Recipe("UVOTE", (Stage(build),))


def quantile(level: float = 0.05) -> Recipe:
    """Quantile regression: the median, and an interval around it.

    Args:
        level: Share of labels below the interval, and above it; below 0.5.
            Defaults to `0.05`.
    """

    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        return QuantileRegressor(
            encoder,
            task.low,
            task.high,
            (level, 0.5, 1 - level),
            task.start,
            task.spread,
            task.error,
        )

    return Recipe("Quantiles", (Stage(build),))
