"""Recipes with a plain regression and a loss on its embedding."""

from collections.abc import Callable

import keras

from keras_groupdir.losses import ContrastiveRegularizer
from keras_groupdir.losses import OrdinalEntropy
from keras_groupdir.losses import RankSimilarity
from keras_groupdir.models import LabelModel
from keras_groupdir.recipes.plain import plain_losses
from keras_groupdir.recipes.plain import plain_model
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.task import Task

# Published for an absolute error in years, of a range of 100, and for a
# squared error of STS-B's scores over 5.
RANKSIM_WEIGHTS = {"absolute": 1.0, "squared": 3e-4}
BOTH = "embedding_and_prediction"


def with_regularizer(
    output: str, loss: Callable[[Task], keras.losses.Loss], weight: float
) -> Callable[[LabelModel, Task], Losses]:
    """The losses of a plain regression and one more.

    Args:
        output: Name of the output it is on.
        loss: Makes it.
        weight: Beside an error of labels whose range is 1.
    """

    def losses(model: LabelModel, task: Task) -> Losses:
        parts, weights = plain_losses(model, task)
        return {**parts, output: loss(task)}, {**weights, output: weight}

    return losses


def ranksim(weight: float | None = None, interpolation: float = 2.0) -> Recipe:
    """RankSim.

    Args:
        weight: Beside an error of labels whose range is 1. Defaults to the
            published one, 1 for the absolute error and 3e-4 for the squared.
        interpolation: See `losses.RankSimilarity`. Defaults to `2.0`.
    """

    def losses(model: LabelModel, task: Task) -> Losses:
        chosen = RANKSIM_WEIGHTS[task.error] if weight is None else weight
        loss = RankSimilarity(interpolation)
        return with_regularizer("embedding", lambda _: loss, chosen)(
            model, task
        )

    return Recipe("RankSim", (Stage(plain_model, losses),))


def ordinal_entropy(weight: float = 1e-3) -> Recipe:
    """Ordinal entropy.

    Args:
        weight: Beside an error of labels whose range is 1. Defaults to `1e-3`.
    """
    losses = with_regularizer("embedding", lambda _: OrdinalEntropy(), weight)
    return Recipe("Ordinal Entropy", (Stage(plain_model, losses),))


def con_r(weight: float = 0.04, temperature: float = 0.07) -> Recipe:
    """ConR, with a window of one bin.

    The published window, weight and push are 1 year, 4 and 0.01 beside an
    absolute error in years: here by bins of a year and a range of 100.

    Args:
        weight: Beside an error of labels whose range is 1. Defaults to `0.04`.
        temperature: Defaults to `0.07`.
    """

    def build(encoder: keras.Model, task: Task) -> LabelModel:
        plain = plain_model(encoder, task)
        outputs = dict(plain.output)
        join = keras.layers.Concatenate(dtype="float32", name="join")
        outputs[BOTH] = join([outputs["embedding"], outputs["prediction"]])
        return LabelModel(plain.input, outputs)

    def loss(task: Task) -> keras.losses.Loss:
        window = task.span / task.bins.num_groups
        return ContrastiveRegularizer(window, temperature, 1 / task.span)

    losses = with_regularizer(BOTH, loss, weight)
    return Recipe("Con-R", (Stage(build, losses),), views=2)
