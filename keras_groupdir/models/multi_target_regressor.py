"""Several targets on one encoder."""

from collections.abc import Sequence
from typing import Any
from typing import Self

import keras
import numpy as np

from keras_groupdir.models.call_encoder import call_encoder
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EMBEDDING
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.fit_arguments import plain_labels
from keras_groupdir.models.frozen_layers import freeze_again
from keras_groupdir.models.frozen_layers import frozen_config
from keras_groupdir.models.group_regressor import GroupRegressor
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.split_model import shared_encoder
from keras_groupdir.models.target_columns import PREDICTION
from keras_groupdir.models.target_columns import check_names
from keras_groupdir.models.target_columns import column_names
from keras_groupdir.models.target_columns import columns_of
from keras_groupdir.models.target_columns import head_names
from keras_groupdir.models.target_columns import in_order
from keras_groupdir.models.target_columns import target_arguments
from keras_groupdir.models.target_columns import target_tensor
from keras_groupdir.scores import ShotTable
from keras_groupdir.scores import evaluate_shots
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class MultiTargetRegressor(LabelModel):
    """A head for each target, all on one encoder.

    `fit` takes labels of shape `(n, targets)`, and `predict` returns as many
    columns. Each head has its own groups and its own losses, of labels whose
    range is 1, so that targets count alike whatever their units; the loss is
    their sum. Outputs, losses, metrics and weights of the target `"price"` go
    by `"price_prediction"`, `"price_group_logits"` and so on, beside
    `"prediction"`, shape `(batch, targets)`, and `"embedding"`; the
    `sample_weight` of all outputs of a target may be given by its name.

    After training, `target("price")` is the model of that target alone, with
    the same weights: for `evaluate_shots`, `predict_groups`, intervals.

    Metrics and losses of `"prediction"` are means over targets, in their own
    units: if those differ, select models on `val_price_prediction_mae`.

    Args:
        regressors: A model for each target, such as `GroupRegressor`, all on
            the same encoder, of whose output alone their heads are made.
        names: Of the targets. Defaults to `"target_0"` and so on.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> x = np.random.default_rng(0).normal(size=(20, 4))
    >>> y = np.stack([np.linspace(0, 5, 20), x[:, 0]], axis=1)
    >>> model = MultiTargetRegressor.from_labels(
    ...     encoder, y, names=["length", "weight"]
    ... )
    >>> model.compile("adam")
    >>> history = model.fit(x, y, verbose=0)
    >>> model.predict(x, verbose=0).shape
    (20, 2)
    >>> model.target("length").groups
    LabelGroups(10 groups of width 0.5 over [0, 5])
    """

    def __init__(
        self,
        regressors: Sequence[EncoderRegressor],
        names: Sequence[str] | None = None,
        name: str | None = None,
    ) -> None:
        regressors = list(regressors)
        names = check_names(names, len(regressors))
        encoder = shared_encoder(regressors)
        inputs, embedding = call_encoder(encoder)
        outputs = {EMBEDDING: embedding}
        heads = head_names(names)
        for target, regressor in zip(names, regressors, strict=True):
            own = dict(regressor.output)
            head_name = free_name(heads[target], encoder)
            head = keras.Model(own.pop(EMBEDDING), own, name=head_name)
            outputs |= _of(target, {**head(embedding), EMBEDDING: embedding})
        together = keras.layers.Concatenate(
            dtype="float32", name=free_name("targets", encoder)
        )
        outputs[PREDICTION] = together(
            [outputs[f"{target}_{PREDICTION}"] for target in names]
        )
        super().__init__(inputs, outputs, name=name)
        self.encoder, self.names = encoder, names
        self.regressors = regressors

    @classmethod
    def from_labels(
        cls,
        encoder: keras.Model,
        labels: ArrayLike,
        kind: Any = GroupRegressor,
        names: Sequence[str] | None = None,
        **settings: Any,
    ) -> Self:
        """A head of one kind for each column of the training labels.

        Args:
            encoder: Built Keras model with one `(batch, features)` output.
            labels: Training labels; the columns of a data frame are names.
                Shape `(n, targets)`.
            kind: Class with a `from_labels`, such as `VanillaRegressor`.
                Defaults to `GroupRegressor`.
            names: Of the targets. Defaults to those of a data frame.
            **settings: Of every head, as for `kind.from_labels`.
        """
        names = column_names(labels) if names is None else names
        regressors = [
            kind.from_labels(encoder, column, **settings)
            for column in columns_of("labels", labels)
        ]
        return cls(regressors, names)

    def target(self, which: str | int) -> Any:
        """The model of one target, which shares all weights; not compiled.

        Args:
            which: Its name, or the column of its labels.
        """
        names = self.names
        if which in names:
            return self.regressors[names.index(which)]
        # Columns that were counted or chosen are of NumPy.
        whole = isinstance(which, int | np.integer)
        if not whole or not 0 <= int(which) < len(names):
            raise ValueError(
                f"`which` must be one of {names} or a column below "
                f"{len(names)}. Received: which={which!r}"
            )
        return self.regressors[int(which)]

    @property
    def label_range(self) -> tuple[float, float] | None:
        """That of the target, if there is but one."""
        (first, *more) = self.regressors
        return None if more else first.label_range

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        """Those of each target's own model."""
        return self._of_each("default_losses")

    def default_loss_weights(self) -> dict[str, float]:
        """Those of each target's own model."""
        return self._of_each("default_loss_weights")

    def default_metrics(self) -> dict[str, list[Any]]:
        """Those of each target's own model, and means over targets."""
        own: dict[str, list[Any]] = self._of_each("default_metrics")
        return {**super().default_metrics(), **own}

    def _of_each(self, method: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for target, regressor in self._by_name.items():
            found |= _of(target, getattr(regressor, method)())
        return found

    @property
    def _by_name(self) -> dict[str, EncoderRegressor]:
        return dict(zip(self.names, self.regressors, strict=True))

    @property
    def label_shape(self) -> tuple[int, ...]:
        return (len(self.names),)

    def labels_by_output(self, y: Any, y_pred: dict[str, Any]) -> Any:
        # By all names, as Keras hands on what it was given here.
        if y is None or (isinstance(y, dict) and set(y) == set(y_pred)):
            return y
        y = target_tensor(plain_labels(y), len(self.names))
        labels = dict.fromkeys((PREDICTION, EMBEDDING), y)
        for place, target in enumerate(self.names):
            column = y[:, place : place + 1]
            labels |= {
                output: column
                for output in y_pred
                if output in _of(target, self.regressors[place].output)
            }
        return labels

    def checked_arguments(
        self, method: Any, label_range: Any, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        trains = getattr(method, "__name__", "") == "fit"
        ranges = [
            regressor.label_range if trains else None
            for regressor in self.regressors
        ]
        outputs = {
            target: list(_of(target, regressor.output))
            for target, regressor in self._by_name.items()
        }
        return target_arguments(method, ranges, outputs, *args, **kwargs)

    def predict_rows(self, x: Any, labels: Any, **kwargs: Any) -> Any:
        raise ValueError(
            "`model` has several targets, and a shot table is of one: "
            "evaluate_shots(model.target(0), ...), or model.evaluate_shots "
            f"for all. Received: a model of {self.names}"
        )

    def evaluate_shots(
        self, x: Any, y: ArrayLike, train_labels: ArrayLike, **settings: Any
    ) -> dict[str, ShotTable]:
        """A shot table for each target, by its name.

        Args:
            x: Inputs, as for `predict`.
            y: Labels of `x`; columns of a data frame with the names of the
                targets may come in any order. Shape `(n, targets)`.
            train_labels: Training labels. Shape `(n, targets)`.
            **settings: As for `scores.evaluate_shots`, the same for all.
        """
        size = len(self.names)
        y = in_order("y", y, self.names)
        train_labels = in_order("train_labels", train_labels, self.names)
        labels = columns_of("y", y, size)
        training = columns_of("train_labels", train_labels, size)
        return {
            target: evaluate_shots(regressor, x, own, common, **settings)
            for target, regressor, own, common in zip(
                self.names, self.regressors, labels, training, strict=True
            )
        }

    def output_interval(
        self, outputs: dict[str, np.ndarray], coverage: float
    ) -> np.ndarray | None:
        """Those of each target's own model. Shape `(n, targets, 2)`."""
        found = []
        for target, regressor in self._by_name.items():
            own = {
                name: outputs[f"{target}_{name}"] for name in regressor.output
            }
            interval = regressor.output_interval(own, coverage)
            if interval is None:
                return None
            found.append(interval)
        return np.stack(found, axis=1)

    def quantize(self, *args: Any, **kwargs: Any) -> None:
        """Quantizes the encoder, as `EncoderRegressor.quantize` does."""
        EncoderRegressor.quantize(self, *args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        heads = []
        for regressor in self.regressors:
            settings = regressor.get_config()
            del settings["encoder"]
            kind = keras.saving.get_registered_name(type(regressor))
            heads.append({"kind": kind, "settings": settings})
        return {
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "heads": heads,
            "names": list(self.names),
            "name": self.name,
            **frozen_config(self),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], **kwargs: Any) -> Self:
        encoder = keras.saving.deserialize_keras_object(
            config["encoder"], **kwargs
        )
        regressors = []
        for head in config["heads"]:
            kind = keras.saving.get_registered_object(head["kind"])
            settings = {**head["settings"], "encoder": encoder}
            regressors.append(kind.from_config(settings, **kwargs))
        model = cls(regressors, config["names"], config["name"])
        freeze_again(model, config)
        return model


def _of(target: str, parts: dict[str, Any]) -> dict[str, Tensor]:
    """By the names of one target's outputs."""
    return {f"{target}_{name}": part for name, part in parts.items()}
