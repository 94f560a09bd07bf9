"""Recipes that train an encoder first, then a head on it, frozen."""

from collections.abc import Callable

import numpy as np

from keras_groupdir.losses import RankNContrast
from keras_groupdir.models import LabelModel
from keras_groupdir.models import retrain_head
from keras_groupdir.recipes.plain import LDS
from keras_groupdir.recipes.plain import plain_losses
from keras_groupdir.recipes.plain import plain_model
from keras_groupdir.recipes.rare_labels import rare_labels
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.recipe import Weigh
from keras_groupdir.recipes.task import Task
from keras_groupdir.recipes.weighting import by_density
from keras_groupdir.resampling import Resampled
from keras_groupdir.resampling import smogn as smogn_samples
from keras_groupdir.resampling import smoter as smoter_samples

NOTE = (
    "published for tables; which labels are rare is counted where no box plot "
    "shows any, and of texts or images it is embeddings that are resampled"
)
FIRST = Stage(plain_model, plain_losses)


def _new_head(model: LabelModel, task: Task) -> LabelModel:
    return retrain_head(model)


def head_stage(weigh: Weigh | None = None) -> Stage:
    """A new head on the frozen encoder, trained on the error."""
    return Stage(_new_head, plain_losses, weigh, freezes=True)


def rrt(lds: bool = False) -> Recipe:
    """A plain regression, then its head again with density weights.

    Args:
        lds: Whether the weights are of a smoothed density. Defaults to
            `False`.
    """
    weigh = by_density(smooth=lds)
    title = "RRT + LDS" if lds else "RRT"
    return Recipe(title, (FIRST, head_stage(weigh)))


def rank_n_contrast(temperature: float = 2.0) -> Recipe:
    """A contrastive encoder, then a head on it.

    Args:
        temperature: See `losses.RankNContrast`. Defaults to `2.0`.
    """

    def losses(model: LabelModel, task: Task) -> Losses:
        parts, weights = plain_losses(model, task)
        parts["embedding"] = RankNContrast(temperature)
        # At 0 the head stays as it is, and Keras does not warn that it does.
        return parts, {**dict.fromkeys(weights, 0.0), "embedding": 1.0}

    first = Stage(plain_model, losses, pretrains=True)
    return Recipe("Rank-N-Contrast", (first, head_stage()), views=2)


def smoter(k: int = 5, threshold: float = 0.5) -> Recipe:
    """New rare samples between others: of a table, or of embeddings.

    Args:
        k: See `resampling.smoter`. Defaults to `5`.
        threshold: See `resampling.smoter`. Defaults to `0.5`.
    """
    return _resampled("SMOTER", smoter_samples, k, threshold, None)


def smogn(k: int = 5, threshold: float = 0.5, lds: bool = False) -> Recipe:
    """As `smoter`, with noise where neighbors are far.

    Args:
        k: See `resampling.smogn`. Defaults to `5`.
        threshold: See `resampling.smogn`. Defaults to `0.5`.
        lds: Whether to weigh what there is then by a smoothed density.
            Defaults to `False`.
    """
    title = "SMOGN + LDS" if lds else "SMOGN"
    return _resampled(title, smogn_samples, k, threshold, LDS if lds else None)


def _resampled(
    title: str,
    samples: Callable[..., Resampled],
    k: int,
    threshold: float,
    weigh: Weigh | None,
) -> Recipe:
    def resample(x: np.ndarray, task: Task, seed: int) -> Resampled:
        points = rare_labels(task)
        return samples(
            x,
            task.labels,
            seed,
            k=k,
            threshold=threshold,
            control_points=points,
        )

    return Recipe(title, (FIRST, head_stage(weigh)), resample, note=NOTE)
