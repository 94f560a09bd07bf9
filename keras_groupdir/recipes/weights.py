"""Sample weights of the recipes, from the label alone."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from typing import ClassVar

import numpy as np

from keras_groupdir.labels import count_power_weights
from keras_groupdir.labels import histogram_weights
from keras_groupdir.labels import kernel_density_weights
from keras_groupdir.labels import label_balance
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage


@dataclass(frozen=True)
class HistogramWeights:
    """Weights by how full a label's bin is (INV, SQINV, with LDS).

    Attributes:
        reweight: See `labels.histogram_weights`; `None` for the task's.
        smooth: Whether to smooth the histogram (LDS).
    """

    reweight: str | None = None
    smooth: bool = False

    def __call__(self, labels: np.ndarray, task: LabelTask) -> np.ndarray:
        reweight = self.reweight or task.reweight
        return histogram_weights(
            task.labels,
            task.bins,
            reweight,
            clip=task.clip if reweight == "inverse" else None,
            kernel="gaussian" if self.smooth else None,
            labels=labels,
        )


@dataclass(frozen=True)
class KernelDensityWeights:
    """Weights by a kernel density estimate (DenseWeight).

    Attributes:
        alpha: See `labels.kernel_density_weights`.
    """

    alpha: float = 1.0

    def __call__(self, labels: np.ndarray, task: LabelTask) -> np.ndarray:
        return kernel_density_weights(task.labels, self.alpha, labels)


@dataclass(frozen=True)
class MatchedWeights:
    """Weights by how full a label's bin is, as far as held-out labels ask.

    The more even those are beside the training labels, the more rare labels
    weigh: `count^(-power * label_balance)`. Held-out labels that are as common
    as in training leave all weights at 1.

    Attributes:
        power: Of the count, for held-out labels that are even over all bins.
    """

    power: float = 0.25
    needs_held_out: ClassVar[bool] = True

    def __call__(self, labels: np.ndarray, task: LabelTask) -> np.ndarray:
        if task.held_out is None:
            raise ValueError(
                "`task.held_out` must be the labels of the validation set, for "
                "weights that match them. Received: none"
            )
        balance = label_balance(task.held_out, task.labels, task.bins)
        counts = task.bins.counts(task.labels)
        weights = count_power_weights(counts, self.power * balance)
        return weights[task.bins.assign(labels)]


LDS = HistogramWeights(smooth=True)


def with_lds(
    make: Callable[..., Recipe], title: str | None = None
) -> Callable[..., Recipe]:
    """The twin of a recipe, whose last stage weighs by a smoothed histogram.

    Args:
        make: Makes the recipe from its settings.
        title: Of the twin. Defaults to that of the recipe, `+ LDS`.

    Returns:
        Makes the twin from the same settings.
    """

    def make_twin(**settings: object) -> Recipe:
        recipe = make(**settings)
        tables = recipe.table_stages
        return replace(
            recipe,
            title=title or f"{recipe.title} + LDS",
            stages=_smoothed(recipe.stages),
            table_stages=tables and _smoothed(tables),
        )

    return make_twin


def _smoothed(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    *first, last = stages
    weigh = last.weigh or HistogramWeights()
    if not isinstance(weigh, HistogramWeights):
        raise ValueError(
            "`make` must weigh samples by a histogram, or not at all. "
            f"Received: {weigh}"
        )
    return (*first, replace(last, weigh=replace(weigh, smooth=True)))
