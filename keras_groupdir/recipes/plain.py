"""Recipes with a plain regression: other losses, weights, smoothing."""

import keras

from keras_groupdir.losses import FocalRegression
from keras_groupdir.models import LabelModel
from keras_groupdir.models import smooth_features
from keras_groupdir.models import vanilla_regressor
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.recipe import Weigh
from keras_groupdir.recipes.task import Task
from keras_groupdir.recipes.weighting import by_density
from keras_groupdir.recipes.weighting import by_kernel_density

LDS: Weigh = by_density(smooth=True)


def plain_model(encoder: keras.Model, task: Task) -> LabelModel:
    """One linear unit on the encoder."""
    return vanilla_regressor(encoder, task.low, task.high)


def plain_losses(model: LabelModel, task: Task) -> Losses:
    """Absolute or squared error, of labels whose range is 1."""
    loss = (
        keras.losses.MeanSquaredError()
        if task.error == "squared"
        else keras.losses.MeanAbsoluteError()
    )
    return {"prediction": loss}, {"prediction": task.scale}


def vanilla() -> Recipe:
    """A plain regression."""
    return Recipe("VANILLA", (Stage(plain_model, plain_losses),))


def weighted(title: str, reweight: str | None, lds: bool) -> Recipe:
    """A plain regression with density weights."""
    weigh = by_density(reweight, lds)
    return Recipe(title, (Stage(plain_model, plain_losses, weigh),))


def dense_weight(alpha: float = 1.0) -> Recipe:
    """A plain regression with weights that need no bins."""
    weigh = by_kernel_density(alpha)
    return Recipe("DenseWeight", (Stage(plain_model, plain_losses, weigh),))


def focal_r(
    beta: float = 20.0, gamma: float = 1.0, lds: bool = False
) -> Recipe:
    """FOCAL-R.

    Args:
        beta: For labels whose range is 1. The published values are 20 for
            STS-B's scores divided by 5, and 0.2 for years, which is 20 for a
            range of 100 years. Defaults to `20.0`.
        gamma: See `losses.FocalRegression`. Defaults to `1.0`.
        lds: Whether to weigh by a smoothed density. Defaults to `False`.
    """

    def losses(model: LabelModel, task: Task) -> Losses:
        loss = FocalRegression(task.error, "sigmoid", beta, gamma, task.span)
        return {"prediction": loss}, {"prediction": 1.0}

    title = "FOCAL-R + LDS" if lds else "FOCAL-R"
    return Recipe(title, (Stage(plain_model, losses, LDS if lds else None),))


def smoothed_model(model: LabelModel, task: Task, sigma: float) -> LabelModel:
    """A model with feature smoothing before its head, window as published."""
    return smooth_features(
        model, task.bins, sigma=sigma, clip=task.smoothing_clip
    )


def lds_fds(sigma: float = 2.0) -> Recipe:
    """Density weights and feature smoothing.

    Args:
        sigma: Width of the window over bins. Defaults to `2.0`.
    """

    def build(encoder: keras.Model, task: Task) -> LabelModel:
        return smoothed_model(plain_model(encoder, task), task, sigma)

    return Recipe("LDS + FDS", (Stage(build, plain_losses, LDS),))
