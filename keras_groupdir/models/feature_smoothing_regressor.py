"""A model whose head is trained on smoothed features."""

from typing import Any
from typing import Self

import keras

from keras_groupdir.callbacks import FeatureStatistics
from keras_groupdir.callbacks.batches_of import says_its_end
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.layers import FeatureSmoothing
from keras_groupdir.models.call_encoder import call_encoder
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EMBEDDING
from keras_groupdir.models.fit_arguments import fit_arguments
from keras_groupdir.models.fit_arguments import plain_labels
from keras_groupdir.models.frozen_layers import freeze_again
from keras_groupdir.models.frozen_layers import frozen_config
from keras_groupdir.models.frozen_layers import without_frozen
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.split_model import encoder_of
from keras_groupdir.models.split_model import head_of
from keras_groupdir.models.trained_by_label import TrainedByLabel
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class FeatureSmoothingRegressor(LabelModel):
    """Any model with feature distribution smoothing (FDS) before its head.

    The forward pass knows no labels and smooths nothing, so prediction, export
    and files are those of any `LabelModel`. In training, the head is computed
    once more inside the loss, on features smoothed with the labels of the
    batch, and learns from that; metrics of a training batch are of the plain
    outputs, as in prediction. A loss on `"embedding"` sees the features before
    smoothing. Batch normalization in the head would count both passes.

    Losses, weights, metrics and rows are those of `model`. `fit` adds a
    `callbacks.FeatureStatistics` on the data it is given, unless it gets one:
    after each epoch the encoder sees the training set once more.

    Args:
        model: `LabelModel` whose outputs all come from its `"embedding"`, such
            as a `VanillaRegressor` or a `GroupRegressor`; its layers are
            trained.
        bins: Bins of the label histogram, from `LabelGroups.histogram`.
        name: As for `keras.Model`.
        **settings: As for `layers.FeatureSmoothing`.

    Examples:

    >>> from keras_groupdir import VanillaRegressor
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> bins = LabelGroups.equal_width(0, 5, num_groups=50)
    >>> model = FeatureSmoothingRegressor(
    ...     VanillaRegressor(encoder, low=0, high=5), bins, clip=(0.5, 2.0)
    ... )
    >>> model.compile("adam")
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> history = model.fit(x, y, epochs=2, verbose=0)
    >>> model.predict(x, verbose=0).shape
    (6, 1)

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """

    def __init__(
        self,
        model: LabelModel,
        bins: LabelGroups,
        name: str | None = None,
        **settings: Any,
    ) -> None:
        encoder, head = encoder_of(model), head_of(model)
        smoothing = FeatureSmoothing(
            bins, **settings, name=free_name("feature_smoothing", encoder)
        )
        inputs, embedding = call_encoder(encoder)
        outputs = head(smoothing(embedding))
        super().__init__(inputs, {**outputs, EMBEDDING: embedding}, name=name)
        self.model = model
        self.encoder, self.smoothing, self.head = encoder, smoothing, head

    @property
    def label_range(self) -> tuple[float, float] | None:
        return self.model.label_range

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        return self.model.default_losses()

    def default_loss_weights(self) -> dict[str, float]:
        return self.model.default_loss_weights()

    def default_metrics(self) -> dict[str, list[Any]]:
        return self.model.default_metrics()

    def predict_rows(self, x: Any, labels: Any, **kwargs: Any) -> Any:
        return self.model.predict_rows(x, labels, **kwargs)

    def output_interval(self, outputs: dict[str, Any], coverage: float) -> Any:
        return self.model.output_interval(outputs, coverage)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        if training:
            features = self.smoothing(y_pred[EMBEDDING], plain_labels(y))
            y_pred = {**y_pred, **self.head(features, training=True)}
        return super().compute_loss(
            x=x,
            y=y,
            y_pred=y_pred,
            sample_weight=sample_weight,
            training=training,
        )

    def fit(
        self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Trains as `LabelModel.fit` does, with a `FeatureStatistics`.

        The one that is added comes first in `callbacks` and leaves out what
        `validation_split` sets aside.
        """
        # Keras's own, which names what may come by position.
        method = super(TrainedByLabel, self).fit
        given = fit_arguments(method, None, x, y, *args, **kwargs)
        callbacks = given.get("callbacks")
        if not isinstance(callbacks, keras.callbacks.CallbackList):
            own = [] if callbacks is None else keras.tree.flatten(callbacks)
            if not any(isinstance(one, FeatureStatistics) for one in own):
                own = [_statistics_of(given), *own]
            given["callbacks"] = own
        return super().fit(**given)

    def quantize(self, *args: Any, **kwargs: Any) -> None:
        """Quantizes the encoder, see `EncoderRegressor.quantize`."""
        self.model.quantize(*args, **kwargs)
        # They were made for the layers as they were.
        self.train_function = None
        self.test_function = None
        self.predict_function = None

    def get_config(self) -> dict[str, Any]:
        smoothing = self.smoothing.get_config()
        for name in ("name", "trainable", "dtype"):
            smoothing.pop(name, None)
        return {
            **smoothing,
            "model": keras.saving.serialize_keras_object(self.model),
            "name": self.name,
            **frozen_config(self),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], **kwargs: Any) -> Self:
        parts = {
            name: keras.saving.deserialize_keras_object(config[name], **kwargs)
            for name in ("model", "bins")
        }
        model = cls(**without_frozen({**config, **parts}))
        freeze_again(model, config)
        return model


def _statistics_of(given: dict[str, Any]) -> FeatureStatistics:
    x, y = given.get("x"), given.get("y")
    if y is None:
        # Of one that ends, epochs of a few steps see all of it in time.
        steps = None if says_its_end(x) else given.get("steps_per_epoch")
        return FeatureStatistics(x, steps=steps)
    # Keras sets the last samples aside, and rounds like this.
    size = int(len(y) * (1.0 - (given.get("validation_split") or 0.0)))
    kept = keras.tree.map_structure(lambda array: array[:size], x)
    return FeatureStatistics(kept, y[:size])
