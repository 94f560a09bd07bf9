"""Recipes that train an encoder first, then a head on it, frozen."""

from collections.abc import Callable

import numpy as np

from keras_groupdir.losses import RankNContrast
from keras_groupdir.models import LabelModel
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.plain import plain_model
from keras_groupdir.recipes.rare_labels import rare_labels
from keras_groupdir.recipes.recipe import EMBEDDING
from keras_groupdir.recipes.recipe import HEAD
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.weights import HistogramWeights
from keras_groupdir.resampling import Resampled
from keras_groupdir.resampling import smogn as smogn_samples
from keras_groupdir.resampling import smoter as smoter_samples

NOTE = (
    "published for tables; which labels are rare is counted where no box plot "
    "shows any, and of texts or images it is embeddings that are resampled"
)


def rrt() -> Recipe:
    """A plain regression, then its head again with density weights."""
    head = Stage(plain_model, weigh=HistogramWeights(), trains=HEAD)
    return Recipe("RRT", (Stage(plain_model), head))


def rank_n_contrast(temperature: float = 2.0) -> Recipe:
    """A contrastive encoder, then a head on it.

    Args:
        temperature: See `losses.RankNContrast`. Defaults to `2.0`.
    """

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        # At 0 the head stays as it is, and Keras does not warn that it does.
        return (
            {
                "prediction": task.loss(),
                "embedding": RankNContrast(temperature),
            },
            {"prediction": 0.0, "embedding": 1.0},
        )

    first = Stage(plain_model, losses, trains=EMBEDDING)
    second = Stage(plain_model, trains=HEAD)
    return Recipe("Rank-N-Contrast", (first, second), views=2)


def smoter(k: int = 5, threshold: float = 0.5) -> Recipe:
    """New rare samples between others: of a table, or of embeddings.

    Args:
        k: See `resampling.smoter`. Defaults to `5`.
        threshold: See `resampling.smoter`. Defaults to `0.5`.
    """
    return _resampled("SMOTER", smoter_samples, k, threshold)


def smogn(k: int = 5, threshold: float = 0.5) -> Recipe:
    """As `smoter`, with noise where neighbors are far.

    Args:
        k: See `resampling.smogn`. Defaults to `5`.
        threshold: See `resampling.smogn`. Defaults to `0.5`.
    """
    return _resampled("SMOGN", smogn_samples, k, threshold)


def _resampled(
    title: str, samples: Callable[..., Resampled], k: int, threshold: float
) -> Recipe:
    def resample(x: np.ndarray, task: LabelTask, seed: int) -> Resampled:
        return samples(
            x,
            task.labels,
            seed,
            k=k,
            threshold=threshold,
            control_points=rare_labels(task),
        )

    head = Stage(plain_model, trains=HEAD, resample=resample)
    table = Stage(plain_model, resample=resample)
    return Recipe(title, (Stage(plain_model), head), (table,), note=NOTE)
