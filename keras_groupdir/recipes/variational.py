"""Recipes with a random embedding; approximations, see their model."""

import keras

from keras_groupdir.losses import GaussianDivergence
from keras_groupdir.models import LabelModel
from keras_groupdir.models import variational_regressor
from keras_groupdir.recipes.evidential import evidential_losses
from keras_groupdir.recipes.plain import LDS
from keras_groupdir.recipes.plain import plain_losses
from keras_groupdir.recipes.plain import smoothed_model
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.task import Task

NOTE = (
    "approximate: what is published of it does not define it; "
    "models.variational_regressor says what differs"
)


def vae(divergence_weight: float = 1e-3) -> Recipe:
    """A plain regression on a random embedding.

    Args:
        divergence_weight: Of the mean divergence of a feature, beside an error
            of labels whose range is 1. None is published. Defaults to `1e-3`.
    """

    def build(encoder: keras.Model, task: Task) -> LabelModel:
        return variational_regressor(encoder, task.low, task.high)

    def losses(model: LabelModel, task: Task) -> Losses:
        return _with_divergence(
            plain_losses(model, task), model, divergence_weight
        )

    return Recipe("VAE", (Stage(build, losses),), note=NOTE)


def vir(
    divergence_weight: float = 1e-3,
    evidence_weight: float = 0.01,
    sigma: float = 2.0,
) -> Recipe:
    """A random embedding, smoothed; an evidential head; density weights.

    The weights count for the divergence as well.

    Args:
        divergence_weight: As for `vae`.
        evidence_weight: As for `der`. Defaults to `0.01`.
        sigma: As for `lds_fds`. Defaults to `2.0`.
    """

    def build(encoder: keras.Model, task: Task) -> LabelModel:
        model = variational_regressor(
            encoder, task.low, task.high, evidential=True
        )
        return smoothed_model(model, task, sigma)

    def losses(model: LabelModel, task: Task) -> Losses:
        return _with_divergence(
            evidential_losses(task, evidence_weight), model, divergence_weight
        )

    return Recipe("VIR", (Stage(build, losses, LDS),), note=NOTE)


def _with_divergence(
    losses: Losses, model: LabelModel, divergence_weight: float
) -> Losses:
    parts, weights = losses
    units = model.output["embedding"].shape[1] // 2
    return (
        {**parts, "embedding": GaussianDivergence()},
        {**weights, "embedding": divergence_weight / units},
    )
