"""Group-DIR as a Keras model."""

from typing import Any
from typing import Self

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.groups import LabelGroups
from keras_groupdir.groups import check_inside
from keras_groupdir.layers import RoutedExperts
from keras_groupdir.losses import GroupCrossentropy
from keras_groupdir.losses import OrdinalGroupContrastive
from keras_groupdir.losses import RoutedMeanSquaredError
from keras_groupdir.losses import SoftGroupCrossentropy
from keras_groupdir.metrics import GroupAccuracy
from keras_groupdir.metrics import MeanGroupDistance
from keras_groupdir.models.call_encoder import call_encoder
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.label_model import labels_as_array
from keras_groupdir.types import ArrayLike


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GroupRegressor(LabelModel):
    """Regression for skewed labels: classify the group, then ask its expert.

    Puts the head of Group-DIR on any encoder. `compile` without a loss uses
    the paper's three losses, eq. (5):

    ```
    OrdinalGroupContrastive(y, embedding)
        + SoftGroupCrossentropy(y, group_logits)
        + 10 * RoutedMeanSquaredError(y, expert_values)
    ```

    Select models on the validation error of the prediction,
    `val_prediction_mae`, and not on `val_loss`, which knows the true group.

    Args:
        encoder: Built Keras model with one `(batch, features)` output; inputs
            may be a tensor, a list, a tuple or a dict.
        groups: `LabelGroups`.
        routing: `"hard"` (the paper's), `"soft"` or `"mixture"`, see
            `layers.routing_weights`. Defaults to `"mixture"`.
        beta: How fast soft labels fall off, see `soft_labels`. `None` trains
            the router on one-hot labels. Defaults to `1.0`.
        expert_units: Hidden units of each expert, or `None` for linear
            experts. Defaults to `None`.
        group_weights: Corrects the routing for groups that are more common in
            training than in use, see `layers.routing_weights` and
            `balance_weights`. Defaults to `None`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> groups = LabelGroups.equal_width(0, 5, num_groups=10)
    >>> model = GroupRegressor(encoder, groups)
    >>> model.compile("adam")
    >>> x = np.random.default_rng(0).normal(size=(20, 4))
    >>> y = np.linspace(0, 5, 20)
    >>> history = model.fit(x, y, verbose=0)
    >>> model.predict(x, verbose=0).shape
    (20, 1)
    >>> model.predict_groups(x, verbose=0).shape
    (20,)

    Reference:
    - Pu et al., Group-DIR, AAAI 2025.
    """

    def __init__(
        self,
        encoder: keras.Model,
        groups: LabelGroups,
        routing: str = "mixture",
        beta: float | None = 1.0,
        expert_units: int | None = None,
        group_weights: ArrayLike | None = None,
        name: str | None = None,
    ) -> None:
        inputs, embedding = call_encoder(encoder)
        # Routing in half precision would round labels such as ages or prices.
        head = RoutedExperts(
            groups,
            routing,
            beta,
            expert_units,
            group_weights=group_weights,
            dtype="float32",
            name="head",
        )
        super().__init__(
            inputs, {**head(embedding), "embedding": embedding}, name=name
        )
        self.encoder = encoder
        self.head = head

    @property
    def groups(self) -> LabelGroups:
        """The groups the head was built for."""
        return self.head.groups

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        """The paper's losses by output name, to start a dict of your own."""
        beta = self.head.beta
        return {
            "embedding": OrdinalGroupContrastive(self.groups),
            "group_logits": (
                GroupCrossentropy(self.groups)
                if beta is None
                else SoftGroupCrossentropy(self.groups, beta)
            ),
            "expert_values": RoutedMeanSquaredError(self.groups),
        }

    def default_loss_weights(self) -> dict[str, float]:
        """What `default_losses` count, eq. (5): 1, and 10 for the experts."""
        return {"embedding": 1.0, "group_logits": 1.0, "expert_values": 10.0}

    def default_metrics(self) -> dict[str, list[Any]]:
        """Error of the prediction and quality of the group classifier."""
        return {
            "prediction": ["mae", "mse"],
            "group_logits": [
                GroupAccuracy(self.groups),
                MeanGroupDistance(self.groups),
            ],
        }

    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        **kwargs: Any,
    ) -> None:
        """Configures training; what is left out is the paper's.

        Args:
            optimizer: As for `keras.Model.compile`.
            loss: Losses by output name. Defaults to `default_losses()`. What
                is given replaces all of them.
            loss_weights: Weights by output name. With the default losses,
                those left out are of `default_loss_weights()`.
            metrics: Metrics by output name. Defaults to `default_metrics()`.
            **kwargs: As for `keras.Model.compile`.
        """
        if loss is None:
            loss = self.default_losses()
            loss_weights = self._checked_loss_weights(loss_weights)
        if metrics is None:
            metrics = self.default_metrics()
        self._jit_compile_given = kwargs.get("jit_compile", "auto")
        super().compile(
            optimizer=optimizer,
            loss=loss,
            loss_weights=loss_weights,
            metrics=metrics,
            **kwargs,
        )

    def _checked_loss_weights(self, given: Any) -> dict[str, float]:
        """Weights of the default losses, with those given."""
        defaults = self.default_loss_weights()
        if given is None:
            return defaults
        if not isinstance(given, dict) or not given.keys() <= defaults.keys():
            raise ValueError(
                "`loss_weights` must be a dict by output name, of "
                f"{list(defaults)} with the default losses. "
                f"Received: loss_weights={given!r}"
            )
        return {**defaults, **given}

    def get_compile_config(self) -> Any:
        """Settings of `compile`, as they were given.

        Keras would store what "auto" meant here for `jit_compile`; XLA chosen
        on JAX would slow down or stop a model loaded on TensorFlow.
        """
        config = super().get_compile_config()
        if not config:  # never compiled
            return config
        return {**config, "jit_compile": self._jit_compile_given}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        self.compile(**keras.saving.deserialize_keras_object(config))
        if self.optimizer is not None and self.built:
            self.optimizer.build(self.trainable_variables)

    def fit(
        self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Trains as `keras.Model.fit` does, after a check of the labels.

        Arrays of labels are checked to be finite and of shape `(n,)` or
        `(n, 1)`; labels outside the groups' range are warned about once, and
        an error if no label is inside. Labels that come out of a data loader
        cannot be seen before training: check those with `groups.counts`.
        """
        if y is not None:
            check_inside("y", y, self.groups)
        validation = kwargs.get("validation_data")
        if isinstance(validation, tuple) and len(validation) > 1:
            check_labels("validation_data[1]", validation[1])
            inputs, labels, *weights = validation
            labels = labels_as_array(labels)
            kwargs["validation_data"] = (inputs, labels, *weights)
        return super().fit(x, labels_as_array(y), *args, **kwargs)

    def predict_groups(self, x: Any, **kwargs: Any) -> np.ndarray:
        """Most likely group of each sample, int. Shape `(n,)`."""
        logits = self.predict_outputs(x, **kwargs)["group_logits"]
        return np.argmax(logits, axis=-1)

    def with_routing(
        self, routing: str, group_weights: ArrayLike | None = None
    ) -> Self:
        """The same trained model with another routing; weights are copied.

        The encoder is shared, the head is new, and nothing is compiled.

        Args:
            routing: `"hard"`, `"soft"` or `"mixture"`.
            group_weights: As for the class. Defaults to `None`.
        """
        model = type(self)(
            self.encoder,
            self.groups,
            routing,
            self.head.beta,
            self.head.expert_units,
            group_weights,
        )
        model.head.set_weights(self.head.get_weights())
        return model

    def get_config(self) -> dict[str, Any]:
        serialize = keras.saving.serialize_keras_object
        return {
            "encoder": serialize(self.encoder),
            "groups": serialize(self.groups),
            "routing": self.head.routing,
            "beta": self.head.beta,
            "expert_units": self.head.expert_units,
            "group_weights": self.head.group_weights,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], **kwargs: Any) -> Self:
        deserialize = keras.saving.deserialize_keras_object
        return cls(
            **{
                **config,
                "encoder": deserialize(config["encoder"], **kwargs),
                "groups": deserialize(config["groups"]),
            }
        )
