"""Recipes of balanced MSE, with a noise that is learned.

One stage each, of the whole model. The published IMDB-WIKI runs have a plain
regression first and balanced MSE for its head alone.
"""

from collections.abc import Callable

import keras
import numpy as np

from keras_groupdir.labels import fit_label_mixture
from keras_groupdir.layers import NoiseScale
from keras_groupdir.losses import BatchMonteCarlo
from keras_groupdir.losses import BinnedNumericalIntegration
from keras_groupdir.losses import GaussianMixtureIntegration
from keras_groupdir.models import LabelModel
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.plain import plain_model
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage

NOTE = "trained in one stage, the encoder too; published for the head alone"
NOISY = "noisy_prediction"
# Published for years, of a range of 100: 10.
INITIAL_NOISE = 0.1


def bmc(noise: float = INITIAL_NOISE) -> Recipe:
    """Balanced MSE over the labels of the batch.

    Args:
        noise: What the noise starts at, for labels whose range is 1. Defaults
            to `0.1`.
    """
    return _balanced("BMC", noise, lambda task: BatchMonteCarlo())


def gai(noise: float = INITIAL_NOISE, components: int = 8) -> Recipe:
    """Balanced MSE over a mixture of Gaussians.

    Args:
        noise: As for `bmc`.
        components: Of the mixture, at most as many as there are distinct
            labels. Defaults to `8`, as published.
    """

    def loss(task: LabelTask) -> keras.losses.Loss:
        most = len(np.unique(task.labels))
        mixture = fit_label_mixture(task.labels, min(components, most))
        return GaussianMixtureIntegration(*mixture)

    return _balanced("GAI", noise, loss)


def bni(noise: float = INITIAL_NOISE) -> Recipe:
    """Balanced MSE over the label histogram.

    Args:
        noise: As for `bmc`.
    """

    def loss(task: LabelTask) -> keras.losses.Loss:
        return BinnedNumericalIntegration(
            task.bins, task.bins.counts(task.labels)
        )

    return _balanced("BNI", noise, loss)


def _balanced(
    title: str, noise: float, loss: Callable[[LabelTask], keras.losses.Loss]
) -> Recipe:
    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        plain = plain_model(encoder, task)
        outputs = dict(plain.output)
        layer = NoiseScale(
            noise * task.span, dtype="float32", name=free_name("noise", encoder)
        )
        outputs[NOISY] = layer(outputs["prediction"])
        return LabelModel(plain.input, outputs)

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        return {NOISY: loss(task)}, {NOISY: task.span**-2}

    return Recipe(title, (Stage(build, losses),), note=NOTE)
