"""A regression by classifiers of groups, from halves to small ones."""

from collections.abc import Sequence
from typing import Any
from typing import Self

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.nested_groups import check_levels
from keras_groupdir.labels.nested_groups import nested_groups
from keras_groupdir.layers import GroupExpectation
from keras_groupdir.layers import HierarchicalAdjustment
from keras_groupdir.losses import HierarchicalCrossentropy
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor

OUTPUT = "level_logits"


@keras.saving.register_keras_serializable(package="keras_groupdir")
class HierarchicalRegressor(EncoderRegressor):
    """Classifiers at several levels of groups; coarse ones correct fine ones.

    Hierarchical classification adjustment (HCA), as it predicts before it is
    distilled: a linear classifier for each level, each trained by
    cross-entropy; at prediction the log-probabilities of the coarser groups are
    added to the logits of the finest, `layers.HierarchicalAdjustment`, and the
    mean under their softmax is predicted. Coarse groups hold many labels each,
    so that they are told apart well; fine ones keep the prediction exact.

    Outputs: `"prediction"`, shape `(batch, 1)`; `"bin_logits"`, the adjusted
    logits of the finest groups, of which the softmax is the predicted
    distribution; `"level_logits"`, those of all levels side by side, which are
    what is trained; and `"embedding"`. `predict_outputs` returns all of them.

    Not as published: the best of the paper trains a single classifier to agree
    with all levels ("range-preserving distillation") in a second step.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        levels: List of `LabelGroups` from coarse to fine, each with the edges
            of the one before. Use `from_labels` for quantile groups.
        values: What each of the finest groups stands for, in label units.
            Defaults to `None`: their centers.
        error: Of the prediction, if a loss of it is asked for. Defaults to
            `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> y = np.linspace(0, 2, 40) ** 3
    >>> model = HierarchicalRegressor.from_labels(encoder, y, depth=3)
    >>> [level.num_groups for level in model.levels]
    [2, 4, 8]
    >>> model.compile("adam")

    Reference:
    - [Xiong and Yao, 2024](https://arxiv.org/abs/2310.17154)
    """

    def __init__(
        self,
        encoder: keras.Model,
        levels: Sequence[LabelGroups],
        values: ArrayLike | None = None,
        error: str = "absolute",
        name: str | None = None,
    ) -> None:
        levels = check_levels(levels)
        expect = GroupExpectation(
            levels[-1],
            values,
            dtype="float32",
            name=free_name("bin_expectation", encoder),
        )
        super().__init__(
            encoder,
            lambda embedding: _level_outputs(
                encoder, embedding, levels, expect
            ),
            levels[-1].low,
            levels[-1].high,
            error,
            name,
        )
        self.levels, self.values = levels, expect.values

    @classmethod
    def from_labels(
        cls,
        encoder: keras.Model,
        labels: ArrayLike,
        depth: int = 5,
        low: float | None = None,
        high: float | None = None,
        **settings: Any,
    ) -> Self:
        """For quantile groups of training labels, and their means.

        Args:
            encoder: As for the class.
            labels: Training labels. Shape `(n,)` or `(n, 1)`.
            depth: Number of levels, at most: see `labels.nested_groups`.
                Defaults to `5`, which is 2 to 32 groups.
            low: Lower end of the label range. Defaults to the smallest label.
            high: Upper end of the label range. Defaults to the largest label.
            **settings: As for the class.
        """
        labels = check_labels("labels", labels)
        levels = nested_groups(labels, depth, low, high)
        finest = levels[-1]
        inside = np.clip(labels, finest.low, finest.high)
        counts = finest.counts(inside)
        totals = np.bincount(finest.assign(inside), inside, finest.num_groups)
        return cls(encoder, levels, totals / counts, **settings)

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        return {OUTPUT: HierarchicalCrossentropy(self.levels)}

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["low"], config["high"]
        return {
            **config,
            "levels": [
                keras.saving.serialize_keras_object(level)
                for level in self.levels
            ],
            "values": self.values,
        }


def _level_outputs(
    encoder: keras.Model,
    embedding: Tensor,
    levels: Sequence[LabelGroups],
    expect: keras.layers.Layer,
) -> dict[str, Tensor]:
    classify = keras.layers.Dense(
        sum(level.num_groups for level in levels),
        dtype="float32",
        name=free_name("level_classifier", encoder),
    )
    adjust = HierarchicalAdjustment(
        levels,
        dtype="float32",
        name=free_name("level_adjustment", encoder),
    )
    logits = classify(embedding)
    adjusted = adjust(logits)
    return {
        "prediction": expect(adjusted),
        "bin_logits": adjusted,
        OUTPUT: logits,
    }
