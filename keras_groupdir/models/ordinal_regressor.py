"""A regression by yes or no: is the label above each edge?"""

from typing import Any

import keras

from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.layers import CumulativeLogits
from keras_groupdir.layers import EdgeExpectation
from keras_groupdir.losses import ConditionalCrossentropy
from keras_groupdir.losses import CumulativeCrossentropy
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.types import Tensor

OUTPUT = "edge_logits"


@keras.saving.register_keras_serializable(package="keras_groupdir")
class OrdinalRegressor(EncoderRegressor):
    """Ordinal classification of label groups; predicts the mean label.

    CORAL: one score for all edges between groups and a threshold for each,
    `layers.CumulativeLogits`, trained by `losses.CumulativeCrossentropy`. Or
    CORN, with `conditional=True`: a linear unit for each edge that says whether
    the label is above it given that it is above the one before, trained by
    `losses.ConditionalCrossentropy`. Either way the probability to be above an
    edge never rises from edge to edge.

    Outputs: `"prediction"`, shape `(batch, 1)`; `"above"`, the probabilities
    that the label is above each inner edge, shape `(batch, num_groups - 1)`,
    which say the predicted distribution: `1 - above` is its cumulative one;
    `"edge_logits"`, of the same shape, which is what is trained; and
    `"embedding"`. `predict_outputs` returns all of them.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        groups: `LabelGroups`.
        conditional: Whether it is CORN. Defaults to `False`: CORAL.
        error: Of the prediction, if a loss of it is asked for. Defaults to
            `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=10)
    >>> model = OrdinalRegressor(encoder, groups, conditional=True)
    >>> model.compile("adam")
    >>> outputs = model.predict_outputs(np.zeros((3, 4)), verbose=0)
    >>> bool((np.diff(outputs["above"]) <= 0).all())
    True

    Reference:
    - [Cao et al., 2020](https://arxiv.org/abs/1901.07884) (CORAL)
    - [Shi et al., 2021](https://arxiv.org/abs/2111.08851) (CORN)
    """

    def __init__(
        self,
        encoder: keras.Model,
        groups: LabelGroups,
        conditional: bool = False,
        error: str = "absolute",
        name: str | None = None,
    ) -> None:
        groups = check_groups(groups)
        is_conditional = bool(conditional)
        super().__init__(
            encoder,
            lambda embedding: _edge_outputs(
                encoder, embedding, groups, is_conditional
            ),
            groups.low,
            groups.high,
            error,
            name,
        )
        self.groups = groups
        self.conditional = is_conditional

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        if self.conditional:
            return {OUTPUT: ConditionalCrossentropy(self.groups)}
        return {OUTPUT: CumulativeCrossentropy(self.groups)}

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["low"], config["high"]
        return {
            **config,
            "groups": keras.saving.serialize_keras_object(self.groups),
            "conditional": self.conditional,
        }


def _edge_outputs(
    encoder: keras.Model,
    embedding: Tensor,
    groups: LabelGroups,
    conditional: bool,
) -> dict[str, Tensor]:
    settings = {
        "dtype": "float32",
        "name": free_name("edge_classifier", encoder),
    }
    classify = (
        keras.layers.Dense(groups.num_groups - 1, **settings)
        if conditional
        else CumulativeLogits(groups.num_groups, **settings)
    )
    expect = EdgeExpectation(
        groups,
        conditional,
        dtype="float32",
        name=free_name("edge_expectation", encoder),
    )
    logits = classify(embedding)
    return {**expect(logits), OUTPUT: logits}
