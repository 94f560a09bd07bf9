"""Sample weights of the recipes, from the label alone."""

from functools import partial

import numpy as np

from keras_groupdir.dense_weights import dense_weights
from keras_groupdir.density import density_weights
from keras_groupdir.recipes.recipe import Weigh
from keras_groupdir.recipes.task import Task


def by_density(reweight: str | None = None, smooth: bool = False) -> Weigh:
    """Weights by the density of a label's bin (INV, SQINV, with LDS).

    Args:
        reweight: `"inverse"` or `"sqrt_inverse"`. Defaults to the task's.
        smooth: Whether to smooth the density (LDS). Defaults to `False`.
    """
    return partial(_density, reweight, smooth)


def _density(
    reweight: str | None, smooth: bool, labels: np.ndarray, task: Task
) -> np.ndarray:
    reweight = reweight or task.reweight
    return density_weights(
        task.labels,
        task.bins,
        reweight,
        clip=task.clip if reweight == "inverse" else None,
        kernel="gaussian" if smooth else None,
        labels=labels,
    )


def by_kernel_density(alpha: float = 1.0) -> Weigh:
    """Weights by a kernel density estimate (DenseWeight).

    Args:
        alpha: See `dense_weights`. Defaults to `1.0`.
    """
    return partial(_kernel_density, alpha)


def _kernel_density(alpha: float, labels: np.ndarray, task: Task) -> np.ndarray:
    return dense_weights(task.labels, alpha, labels)
