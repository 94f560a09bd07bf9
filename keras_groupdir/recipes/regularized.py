"""Recipes with a plain regression and a loss on its embedding."""

import keras

from keras_groupdir.losses import ContrastiveRegularizer
from keras_groupdir.losses import GeometricConstraints
from keras_groupdir.losses import OrdinalEntropy
from keras_groupdir.losses import RankSimilarity
from keras_groupdir.models import LabelModel
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.plain import plain_model
from keras_groupdir.recipes.recipe import Losses
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage

# Published for an absolute error in years, of a range of 100, and for a
# squared error of STS-B's scores over 5.
RANKSIM_WEIGHTS = {"absolute": 1.0, "squared": 3e-4}
# Published: 2. It counts times the weight, which of years was 100.
RANKSIM_INTERPOLATIONS = {"absolute": 200.0, "squared": 2.0}
SRL_NOTE = (
    "approximate: centroids are those of the batch, not running ones that hold "
    "every bin, and weights are not the published ones"
)
BOTH = "embedding_and_prediction"


def and_on(
    output: str, loss: keras.losses.Loss, weight: float, task: LabelTask
) -> Losses:
    """The error of a plain regression and one loss more.

    Args:
        output: Name of the output it is on.
        loss: What it is.
        weight: Beside an error of labels whose range is 1.
        task: Says which error.
    """
    return (
        {"prediction": task.loss(), output: loss},
        {"prediction": 1.0, output: weight},
    )


def ranksim(
    weight: float | None = None, interpolation: float | None = None
) -> Recipe:
    """RankSim.

    Args:
        weight: Beside an error of labels whose range is 1. Defaults to the
            published one, 1 for the absolute error and 3e-4 for the squared.
        interpolation: See `losses.RankSimilarity`. What it perturbs ranks by
            grows with the weight, which for the absolute error is the published
            one divided by the range of 100 years: defaults to the published 2
            times 100 there, and to 2 for the squared error.
    """

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        chosen = RANKSIM_WEIGHTS[task.error] if weight is None else weight
        reach = RANKSIM_INTERPOLATIONS[task.error]
        loss = RankSimilarity(reach if interpolation is None else interpolation)
        return and_on("embedding", loss, chosen, task)

    return Recipe("RankSim", (Stage(plain_model, losses),))


def srl(
    weight: float = 1e-3, envelope: float = 1.0, homogeneity: float = 0.01
) -> Recipe:
    """SRL: centroids of bins that fill the sphere evenly.

    Args:
        weight: Beside an error of labels whose range is 1. Defaults to `1e-3`.
        envelope: See `losses.GeometricConstraints`. Defaults to `1.0`.
        homogeneity: See `losses.GeometricConstraints`. Defaults to `0.01`.
    """

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        loss = GeometricConstraints(task.bins, envelope, homogeneity)
        return and_on("embedding", loss, weight, task)

    return Recipe("SRL", (Stage(plain_model, losses),), note=SRL_NOTE)


def ordinal_entropy(weight: float = 1e-3) -> Recipe:
    """Ordinal entropy.

    Args:
        weight: Beside an error of labels whose range is 1. Defaults to `1e-3`.
    """

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        return and_on("embedding", OrdinalEntropy(), weight, task)

    return Recipe("Ordinal Entropy", (Stage(plain_model, losses),))


def con_r(weight: float = 0.04, temperature: float = 0.07) -> Recipe:
    """ConR, with a window of one bin.

    The published window, weight and push are 1 year, 4 and 0.01 beside an
    absolute error in years: here by bins of a year and a range of 100.

    Args:
        weight: Beside an error of labels whose range is 1. Defaults to `0.04`.
        temperature: Defaults to `0.07`.
    """

    def build(encoder: keras.Model, task: LabelTask) -> LabelModel:
        plain = plain_model(encoder, task)
        outputs = dict(plain.output)
        join = keras.layers.Concatenate(
            dtype="float32", name=free_name("join", encoder)
        )
        outputs[BOTH] = join([outputs["embedding"], outputs["prediction"]])
        return LabelModel(plain.input, outputs)

    def losses(model: LabelModel, task: LabelTask) -> Losses:
        window = task.span / task.bins.num_groups
        loss = ContrastiveRegularizer(window, temperature, 1 / task.span)
        return and_on(BOTH, loss, weight, task)

    return Recipe("Con-R", (Stage(build, losses),), views=2)
