"""Group-DIR as a Keras model."""

from typing import Any
from typing import ClassVar
from typing import Self

import keras
import numpy as np
from keras import ops

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.layers import RoutedExperts
from keras_groupdir.layers.routing import routing_weights
from keras_groupdir.losses import GroupCrossentropy
from keras_groupdir.losses import OrdinalGroupContrastive
from keras_groupdir.losses import RoutedError
from keras_groupdir.losses import SoftGroupCrossentropy
from keras_groupdir.metrics import GroupAccuracy
from keras_groupdir.metrics import MeanGroupDistance
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EMBEDDING
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.group_rows import group_rows
from keras_groupdir.models.mixture_interval import mixture_interval
from keras_groupdir.scores.predicted_rows import PredictedRows
from keras_groupdir.types import ArrayLike


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GroupRegressor(EncoderRegressor):
    """Regression for skewed labels: classify the group, then ask its expert.

    Puts the head of Group-DIR on any encoder. `compile` without a loss is led
    by the error of what is predicted; the paper's losses guide, all for labels
    whose range is 1:

    ```
    10 * ScaledError(y, prediction)
        + 0.3 * SoftGroupCrossentropy(y, group_logits)
        + 1 * RoutedError(y, expert_values)
        + 0 * OrdinalGroupContrastive(y, embedding)
    ```

    The paper's eq. (5) has 0, 1, 10 and 1, and hard routing: it trains parts
    that its prediction is made of and not the prediction.
    `compile(loss_weights=GroupRegressor.PAPER_WEIGHTS)` takes those. With
    one-hot labels or hard routing the first teaches what it can: a hard choice
    passes no gradient on to the router.

    `predict_interval` takes the routing weights, with the group weights if
    there are any, for the probabilities of the groups, and a label of a group
    to lie anywhere within half a group's width of its expert's value, each
    place alike; hard routing, which knows no doubt, has those of the mixture.

    Select models on the validation error of the prediction,
    `val_prediction_mae`, and not on `val_loss`, which knows the true group.

    Args:
        encoder: Built Keras model with one `(batch, features)` output; inputs
            may be a tensor, a list, a tuple or a dict.
        groups: `LabelGroups`.
        routing: `"hard"` (the paper's), `"soft"` or `"mixture"`, see
            `layers.routing_weights`. Defaults to `"mixture"`.
        beta: How fast soft labels fall off, see `labels.soft_labels`. `None`
            trains the router on one-hot labels. Defaults to `1.0`.
        expert_units: Hidden units of each expert, or `None` for linear
            experts. Defaults to `None`.
        group_weights: Corrects the routing for groups that are more common in
            training than in use, see `layers.routing_weights`,
            `models.fit_group_weights` and `labels.group_prior_weights`.
            Defaults to `None`.
        temperature: Of the routing: above 1 groups count more alike, see
            `layers.routing_weights`. Defaults to `1.0`.
        start: Where all experts start from, see `from_labels`. Defaults to
            `None`: each at the center of its group.
        spread: What an expert's 1 adds to its start, in label units: how far
            labels are from there, roughly. Defaults to `None`: the mean width
            of a group, or the width of the range if `start` is given.
        error: What the experts' and the prediction's losses take of an error:
            `"absolute"`, `"squared"` (the paper's) or `"huber"`. Defaults to
            `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> x = np.random.default_rng(0).normal(size=(20, 4))
    >>> y = np.linspace(0, 5, 20)
    >>> model = GroupRegressor.from_labels(encoder, y)
    >>> model.groups
    LabelGroups(10 groups of width 0.5 over [0, 5])
    >>> model.compile("adam")
    >>> history = model.fit(x, y, verbose=0)
    >>> model.predict(x, verbose=0).shape
    (20, 1)
    >>> model.predict_groups(x, verbose=0).shape
    (20,)

    Reference:
    - Pu et al., Group-DIR, AAAI 2025.
    """

    # Of the paper's eq. (5), by output.
    PAPER_WEIGHTS: ClassVar[dict[str, float]] = {
        EMBEDDING: 1.0,
        "group_logits": 1.0,
        "expert_values": 10.0,
        "prediction": 0.0,
    }

    def __init__(
        self,
        encoder: keras.Model,
        groups: LabelGroups,
        routing: str = "mixture",
        beta: float | None = 1.0,
        expert_units: int | None = None,
        group_weights: ArrayLike | None = None,
        error: str = "absolute",
        start: float | None = None,
        spread: float | None = None,
        temperature: float = 1.0,
        name: str | None = None,
    ) -> None:
        groups = check_groups(groups)
        if start is None and spread is None:
            # Each has its own group to fit. In units of a range that a few
            # labels reach alone, a step of the optimizer is many groups wide.
            spread = groups.span / groups.num_groups
        # Routing in half precision would round labels such as ages or prices.
        head = RoutedExperts(
            groups,
            routing,
            beta,
            expert_units,
            group_weights=group_weights,
            temperature=temperature,
            start=start,
            spread=spread,
            dtype="float32",
            name=free_name("head", encoder),
        )
        super().__init__(encoder, head, groups.low, groups.high, error, name)
        self.head = head

    @classmethod
    def from_labels(
        cls,
        encoder: keras.Model,
        labels: ArrayLike,
        groups: LabelGroups | int = 10,
        *args: Any,
        **settings: Any,
    ) -> Self:
        """For the range of training labels, their median and deviation.

        From one start, the head is a plain regression until its groups have
        learned to differ: what is rare never has a worse start than that.

        Args:
            encoder: As for the class.
            labels: Training labels. Shape `(n,)` or `(n, 1)`.
            groups: Number of groups of one width, or `LabelGroups`. Defaults
                to `10`.
            *args: As for the class.
            **settings: As for the class.
        """
        labels = check_labels("labels", labels)
        if not isinstance(groups, LabelGroups):
            groups = LabelGroups.from_labels(labels, groups)
        start, spread = float(np.median(labels)), float(np.std(labels)) or None
        given = {"start": start, "spread": spread, **settings}
        return cls(encoder, groups, *args, **given)

    @property
    def groups(self) -> LabelGroups:
        """The groups the head was built for."""
        return self.head.groups

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        """The paper's losses and the prediction's, by output name."""
        beta = self.head.beta
        return {
            EMBEDDING: OrdinalGroupContrastive(self.groups),
            "group_logits": (
                GroupCrossentropy(self.groups)
                if beta is None
                else SoftGroupCrossentropy(self.groups, beta)
            ),
            "expert_values": RoutedError(self.groups, self.error),
            "prediction": self.prediction_loss(),
        }

    def default_loss_weights(self) -> dict[str, float]:
        """Led by the prediction, whose weight is 10; no contrast."""
        return {
            EMBEDDING: 0.0,
            "group_logits": 0.3,
            "expert_values": 1.0,
            "prediction": 10.0,
        }

    def default_metrics(self) -> dict[str, list[Any]]:
        """Error of the prediction and quality of the group classifier."""
        return {
            **super().default_metrics(),
            "group_logits": [
                GroupAccuracy(self.groups),
                MeanGroupDistance(self.groups),
            ],
        }

    def predict_groups(self, x: Any, **kwargs: Any) -> np.ndarray:
        """Most likely group of each sample, int. Shape `(n,)`."""
        logits = self.predict_outputs(x, **kwargs)["group_logits"]
        return np.argmax(logits, axis=-1)

    def output_interval(
        self, outputs: dict[str, np.ndarray], coverage: float
    ) -> np.ndarray:
        """Of the experts' values, spread evenly, see the class."""
        head = self.head
        # One expert for certain would be an interval that knows no doubt.
        routing = "mixture" if head.routing == "hard" else head.routing
        weights = routing_weights(
            outputs["group_logits"],
            routing,
            head.beta,
            head.group_weights,
            head.temperature,
        )
        return mixture_interval(
            ops.convert_to_numpy(weights),
            outputs["expert_values"],
            np.diff(self.groups.edges),
            coverage,
        )

    def predict_rows(
        self, x: Any, labels: np.ndarray, **kwargs: Any
    ) -> PredictedRows:
        """A row for each routing, the oracle, and one that is corrected.

        Accuracy and distance of groups are NaN if the logits of a sample are.

        Args:
            x: Inputs, as for `predict`.
            labels: True labels of `x`, for the oracle. Shape `(n,)`.
            **kwargs: As for `keras.Model.predict`.
        """
        return group_rows(self.head, self.predict_outputs(x, **kwargs), labels)

    def with_routing(
        self,
        routing: str,
        group_weights: ArrayLike | None = None,
        temperature: float = 1.0,
    ) -> Self:
        """The same trained model with another routing; weights are copied.

        The encoder is shared, the head is new, and nothing is compiled.

        Args:
            routing: `"hard"`, `"soft"` or `"mixture"`.
            group_weights: As for the class. Defaults to `None`.
            temperature: As for the class. Defaults to `1.0`.
        """
        model = self._with_settings(
            groups=self.groups,
            routing=routing,
            group_weights=group_weights,
            temperature=temperature,
        )
        model.head.set_weights(self.head.get_weights())
        return model

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["low"], config["high"]
        return {
            **config,
            "groups": keras.saving.serialize_keras_object(self.groups),
            "routing": self.head.routing,
            "beta": self.head.beta,
            "expert_units": self.head.expert_units,
            "group_weights": self.head.group_weights,
            "temperature": self.head.temperature,
            "start": self.head.start,
            "spread": self.head.spread,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], **kwargs: Any) -> Self:
        if config.get("start") is None and config.get("spread") is None:
            # A file of the time when that was the width of the range.
            groups = keras.saving.deserialize_keras_object(
                config["groups"], **kwargs
            )
            config = {**config, "groups": groups, "spread": groups.span}
        return super().from_config(config, **kwargs)
