"""Recipes with one stage and one head: plain, weighted, smoothed."""

import keras

from keras_groupdir.losses import FocalRegression
from keras_groupdir.models import EvidentialRegressor
from keras_groupdir.models import FeatureSmoothingRegressor
from keras_groupdir.models import LabelModel
from keras_groupdir.models import VanillaRegressor
from keras_groupdir.models import VariationalRegressor
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.weights import LDS
from keras_groupdir.recipes.weights import HistogramWeights
from keras_groupdir.recipes.weights import KernelDensityWeights

APPROXIMATE = (
    "approximate: what is published of it does not define it; "
    "models.VariationalRegressor says what differs"
)


def plain_model(encoder: keras.Model, task: LabelTask) -> VanillaRegressor:
    """One linear unit on the encoder, from the best constant on."""
    return VanillaRegressor(
        encoder, task.low, task.high, task.start, task.spread, task.error
    )


def vanilla() -> Recipe:
    """A plain regression."""
    return Recipe("VANILLA", (Stage(plain_model),))


def inv() -> Recipe:
    """A plain regression with inverse density weights."""
    weigh = HistogramWeights("inverse")
    return Recipe("INV", (Stage(plain_model, weigh=weigh),))


def sqinv() -> Recipe:
    """A plain regression with the square root of inverse density weights."""
    weigh = HistogramWeights("sqrt_inverse")
    return Recipe("SQINV", (Stage(plain_model, weigh=weigh),))


def fourth_root_inv() -> Recipe:
    """A plain regression with the fourth root of inverse density weights."""
    weigh = HistogramWeights("fourth_root_inverse")
    return Recipe("Fourth root INV", (Stage(plain_model, weigh=weigh),))


def dense_weight(alpha: float = 1.0) -> Recipe:
    """A plain regression with weights that need no bins."""
    weigh = KernelDensityWeights(alpha)
    return Recipe("DenseWeight", (Stage(plain_model, weigh=weigh),))


def focal_r(beta: float = 20.0, gamma: float = 1.0) -> Recipe:
    """FOCAL-R.

    Args:
        beta: For labels whose range is 1. The published values are 20 for
            STS-B's scores divided by 5, and 0.2 for years, which is 20 for a
            range of 100 years. Defaults to `20.0`.
        gamma: See `losses.FocalRegression`. Defaults to `1.0`.
    """

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        loss = FocalRegression(task.error, "sigmoid", beta, gamma, task.span)
        return {"prediction": loss}, {"prediction": 1.0}

    return Recipe("FOCAL-R", (Stage(plain_model, losses),))


def fds(sigma: float = 2.0) -> Recipe:
    """Feature smoothing, with the window as published.

    Args:
        sigma: Width of the window over bins. Defaults to `2.0`.
    """

    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        return _smoothed(plain_model(encoder, task), task, sigma)

    return Recipe("FDS", (Stage(build),))


def der(evidence_weight: float = 0.01) -> Recipe:
    """Evidential regression.

    Args:
        evidence_weight: See `models.EvidentialRegressor`. Defaults to `0.01`.
    """

    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        return EvidentialRegressor(
            encoder, task.low, task.high, evidence_weight
        )

    return Recipe("DER", (Stage(build),))


def fds_der(evidence_weight: float = 0.01, sigma: float = 2.0) -> Recipe:
    """Evidential regression with feature smoothing.

    Args:
        evidence_weight: As for `der`.
        sigma: As for `fds`.
    """
    (inner,) = der(evidence_weight).stages

    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        return _smoothed(inner.build(encoder, task), task, sigma)

    return Recipe("FDS + DER", (Stage(build),))


def vae(divergence_weight: float = 1e-3) -> Recipe:
    """A plain regression on a random embedding.

    Args:
        divergence_weight: See `models.VariationalRegressor`. Defaults to
            `1e-3`.
    """

    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        return VariationalRegressor(
            encoder,
            task.low,
            task.high,
            start=task.start,
            spread=task.spread,
            divergence_weight=divergence_weight,
            error=task.error,
        )

    return Recipe("VAE", (Stage(build),), note=APPROXIMATE)


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
        sigma: As for `fds`. Defaults to `2.0`.
    """

    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        model = VariationalRegressor(
            encoder,
            task.low,
            task.high,
            evidential=True,
            divergence_weight=divergence_weight,
            evidence_weight=evidence_weight,
        )
        return _smoothed(model, task, sigma)

    return Recipe("VIR", (Stage(build, weigh=LDS),), note=APPROXIMATE)


def _smoothed(model: LabelModel, task: LabelTask, sigma: float) -> LabelModel:
    return FeatureSmoothingRegressor(
        model, task.bins, sigma=sigma, clip=task.smoothing_clip
    )
