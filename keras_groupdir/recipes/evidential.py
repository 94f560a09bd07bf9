"""Recipes of evidential regression."""

import keras

from keras_groupdir.losses import EvidentialRegression
from keras_groupdir.models import LabelModel
from keras_groupdir.models import evidential_regressor
from keras_groupdir.recipes.plain import LDS
from keras_groupdir.recipes.plain import smoothed_model
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.task import Task


def der(evidence_weight: float = 0.01) -> Recipe:
    """Evidential regression.

    Args:
        evidence_weight: For labels whose range is 1. Defaults to `0.01`, that
            of Amini et al. for labels of unit variance. (VIR's code has the
            same number beside ages in years, which would be 1 here.)
    """

    def losses(model: LabelModel, task: Task) -> Losses:
        return evidential_losses(task, evidence_weight)

    return Recipe("DER", (Stage(_evidential_model, losses),))


def lds_fds_der(evidence_weight: float = 0.01, sigma: float = 2.0) -> Recipe:
    """Evidential regression with density weights and feature smoothing.

    Args:
        evidence_weight: As for `der`.
        sigma: As for `lds_fds`.
    """

    def build(encoder: keras.Model, task: Task) -> LabelModel:
        return smoothed_model(_evidential_model(encoder, task), task, sigma)

    def losses(model: LabelModel, task: Task) -> Losses:
        return evidential_losses(task, evidence_weight)

    return Recipe("LDS + FDS + DER", (Stage(build, losses, LDS),))


def evidential_losses(task: Task, evidence_weight: float) -> Losses:
    """The likelihood of evidential regression, in the label's units."""
    loss = EvidentialRegression(evidence_weight / task.span)
    return {"evidential": loss}, {"evidential": 1.0}


def _evidential_model(encoder: keras.Model, task: Task) -> LabelModel:
    return evidential_regressor(encoder, task.low, task.high)
