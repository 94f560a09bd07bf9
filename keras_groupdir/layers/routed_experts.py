"""One expert per label group, and the router that chooses among them."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.soft_labels import check_beta
from keras_groupdir.layers.routing import ROUTINGS
from keras_groupdir.layers.routing import check_group_weights
from keras_groupdir.layers.routing import route
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class RoutedExperts(keras.layers.Layer):
    """The head of Group-DIR: group logits, expert values and a prediction.

    All experts are computed for all samples; which one learns from a sample is
    decided in the loss, by the true group, so the layer never needs labels.
    The value of an expert is `start + spread * (w . embedding + b)`, of weights
    that begin at 0.

    Args:
        groups: `LabelGroups`.
        routing: `"hard"`, `"soft"` or `"mixture"`, see `routing_weights`.
            Defaults to `"mixture"`.
        beta: `beta` of the soft labels the router is trained on, or `None`
            for one-hot labels. Only `"mixture"` uses it. Defaults to `1.0`.
        expert_units: Hidden units of each expert, or `None` for linear
            experts, as in the paper. Defaults to `None`.
        expert_activation: Activation of the hidden units. Defaults to
            `"relu"`.
        group_weights: Corrects the routing for groups that are more common in
            training than in use, see `routing_weights`. Shape
            `(num_groups,)`. Defaults to `None`.
        temperature: Of the routing, see `routing_weights`. Defaults to `1.0`.
        start: Where all experts start from, in label units: best where most
            labels are. Defaults to `None`: each at the center of its group.
        spread: How far labels are from there, roughly, in label units.
            Defaults to `None`: the width of the range.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        embeddings: Encoder outputs. Shape `(batch, features)`.

    Returns:
        A dict: `"prediction"`, shape `(batch, 1)`, and `"expert_values"`,
        shape `(batch, num_groups)`, in label units; `"group_logits"`, shape
        `(batch, num_groups)`.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 5, num_groups=10)
    >>> outputs = RoutedExperts(groups)(np.zeros((2, 8), "float32"))
    >>> {name: tuple(value.shape) for name, value in sorted(outputs.items())}
    {'expert_values': (2, 10), 'group_logits': (2, 10), 'prediction': (2, 1)}

    Reference:
    - Pu et al., Group-DIR, AAAI 2025, "Multi-experts Regression".
    """

    def __init__(
        self,
        groups: LabelGroups,
        routing: str = "mixture",
        beta: float | None = 1.0,
        expert_units: int | None = None,
        expert_activation: Any = "relu",
        group_weights: ArrayLike | None = None,
        temperature: float = 1.0,
        start: float | None = None,
        spread: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        groups = self.groups = check_groups(groups)
        self.routing = check_choice("routing", routing, ROUTINGS)
        self.beta = None if beta is None else check_beta(beta)
        if expert_units is not None:
            expert_units = check_whole("expert_units", expert_units, at_least=1)
        self.expert_units = expert_units
        self.expert_activation = keras.activations.get(expert_activation)
        if group_weights is not None:
            group_weights = check_group_weights(
                group_weights, groups.num_groups
            ).tolist()
        self.group_weights = group_weights
        self.temperature = check_positive("temperature", temperature)
        self.start = None if start is None else check_number("start", start)
        self.spread = (
            None if spread is None else check_positive("spread", spread)
        )
        self.router = keras.layers.Dense(
            groups.num_groups, dtype=self.dtype_policy, name="router"
        )
        self.hidden = None
        if expert_units is not None:
            self.hidden = keras.layers.Dense(
                groups.num_groups * expert_units,
                activation=self.expert_activation,
                dtype=self.dtype_policy,
                name="hidden",
            )

    def build(self, input_shape: Any) -> None:
        self.router.build(input_shape)
        features = input_shape[-1]
        if self.hidden is not None:
            self.hidden.build(input_shape)
            features = self.expert_units
        num_groups = self.groups.num_groups
        # From zeros: an expert starts at one value whatever the embedding,
        # and asks nothing of the encoder before it has learned something.
        self.expert_kernel = self.add_weight(
            shape=(features, num_groups),
            initializer="zeros",
            name="expert_kernel",
        )
        origin, spread = self._scale()
        starts = self.groups.centers if self.start is None else origin
        biases = np.broadcast_to((starts - origin) / spread, (num_groups,))
        self.expert_bias = self.add_weight(
            shape=(num_groups,),
            initializer=lambda shape, dtype: ops.convert_to_tensor(
                biases, dtype=dtype
            ),
            name="expert_bias",
        )

    def _scale(self) -> tuple[float, float]:
        """What an expert's 0 means and what its 1 adds, in label units."""
        groups = self.groups
        return (
            groups.low if self.start is None else self.start,
            groups.span if self.spread is None else self.spread,
        )

    def call(self, embeddings: Tensor) -> dict[str, Tensor]:
        group_logits = self.router(embeddings)
        if self.hidden is None:
            scaled = ops.matmul(embeddings, self.expert_kernel)
        else:
            hidden = ops.reshape(
                self.hidden(embeddings),
                (-1, self.groups.num_groups, self.expert_units),
            )
            # Not a sum of products, which OpenVINO 2026.4 gets wrong.
            scaled = ops.einsum("bgu,ug->bg", hidden, self.expert_kernel)
        scaled = scaled + self.expert_bias
        origin, spread = self._scale()
        expert_values = origin + spread * scaled
        return {
            "prediction": route(
                group_logits,
                expert_values,
                self.routing,
                self.beta,
                self.group_weights,
                self.temperature,
            ),
            "group_logits": group_logits,
            "expert_values": expert_values,
        }

    def get_config(self) -> dict[str, Any]:
        activation = keras.activations.serialize(self.expert_activation)
        return {
            **super().get_config(),
            **own_config(self),
            "expert_activation": activation,
        }
