"""A model whose head is trained on smoothed features."""

from typing import Any
from typing import Self

import keras

from keras_groupdir.callbacks import FeatureStatistics
from keras_groupdir.checks import check_labels
from keras_groupdir.groups import LabelGroups
from keras_groupdir.layers import FeatureSmoothing
from keras_groupdir.models.call_encoder import call_encoder
from keras_groupdir.models.label_model import PREDICTION
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.label_model import labels_as_array
from keras_groupdir.models.split_model import EMBEDDING
from keras_groupdir.models.split_model import encoder_of
from keras_groupdir.models.split_model import head_of
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class FeatureSmoothingModel(LabelModel):
    """A model with feature distribution smoothing (FDS) before its head.

    The forward pass knows no labels and smooths nothing, so prediction, export
    and files are those of any `LabelModel`. In training, the head is computed
    once more inside the loss, on features smoothed with the labels of the
    batch, and learns from that; metrics of a training batch are of the plain
    outputs, as in prediction. A loss on `"embedding"` sees the features before
    smoothing. Batch normalization in the head would count both passes.

    `fit` adds a `callbacks.FeatureStatistics` on the data it is given, unless
    it gets one: after each epoch the encoder sees the training set once more.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        smoothing: `layers.FeatureSmoothing`.
        head: Layer or model from the embedding to the prediction, or to a dict
            of outputs that has a `"prediction"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> bins = LabelGroups.equal_width(0, 5, num_groups=50)
    >>> model = FeatureSmoothingModel(
    ...     encoder, FeatureSmoothing(bins), head=keras.layers.Dense(1)
    ... )
    >>> model.compile("adam", loss={"prediction": "mae"})
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> history = model.fit(x, y, epochs=2, verbose=0)
    >>> model.predict(x, verbose=0).shape
    (6, 1)

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """

    def __init__(
        self,
        encoder: keras.Model,
        smoothing: FeatureSmoothing,
        head: keras.layers.Layer,
        name: str | None = None,
    ) -> None:
        if not isinstance(smoothing, FeatureSmoothing):
            raise ValueError(
                "`smoothing` must be a FeatureSmoothing layer. "
                f"Received: smoothing={smoothing!r}"
            )
        inputs, embedding = call_encoder(encoder)
        outputs = _by_name(head(smoothing(embedding)))
        super().__init__(inputs, {**outputs, EMBEDDING: embedding}, name=name)
        self.encoder = encoder
        self.smoothing = smoothing
        self.head = head

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        if training:
            features = self.smoothing(y_pred[EMBEDDING], _labels_of(y))
            outputs = _by_name(self.head(features, training=True))
            y_pred = {**y_pred, **outputs}
        return super().compute_loss(
            x=x,
            y=y,
            y_pred=y_pred,
            sample_weight=sample_weight,
            training=training,
        )

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Trains as `keras.Model.fit` does, with a `FeatureStatistics`.

        The one that is added comes first in `callbacks` and leaves out what
        `validation_split` sets aside.
        """
        y = labels_as_array(y)
        if not isinstance(callbacks, keras.callbacks.CallbackList):
            given = [] if callbacks is None else keras.tree.flatten(callbacks)
            if not any(isinstance(c, FeatureStatistics) for c in given):
                given = [_statistics_of(x, y, validation_split), *given]
            callbacks = given
        return super().fit(
            x,
            y,
            batch_size,
            epochs,
            verbose,
            callbacks,
            validation_split,
            *args,
            **kwargs,
        )

    def get_config(self) -> dict[str, Any]:
        serialize = keras.saving.serialize_keras_object
        return {
            "encoder": serialize(self.encoder),
            "smoothing": serialize(self.smoothing),
            "head": serialize(self.head),
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], **kwargs: Any) -> Self:
        parts = {
            name: keras.saving.deserialize_keras_object(config[name], **kwargs)
            for name in ("encoder", "smoothing", "head")
        }
        return cls(**{**config, **parts})


def smooth_features(
    model: LabelModel, bins: LabelGroups, **settings: Any
) -> FeatureSmoothingModel:
    """Adds feature distribution smoothing to any model with an embedding.

    Args:
        model: `LabelModel` whose outputs all come from its `"embedding"`, such
            as a `vanilla_regressor` or a `GroupRegressor`.
        bins: Bins of the label histogram, from `density.label_bins`.
        **settings: As for `layers.FeatureSmoothing`.

    Returns:
        `FeatureSmoothingModel` with the same outputs, on the layers of `model`
        itself. It is not compiled; of a `GroupRegressor` hand over
        `model.default_losses()` and `model.default_loss_weights()`.

    Examples:

    >>> from keras_groupdir.models import vanilla_regressor
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> vanilla = vanilla_regressor(encoder, low=0, high=5)
    >>> bins = LabelGroups.equal_width(0, 5, num_groups=50)
    >>> model = smooth_features(vanilla, bins, clip=(0.5, 2.0))
    >>> sorted(model.output)
    ['embedding', 'prediction']

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    return FeatureSmoothingModel(
        encoder_of(model), FeatureSmoothing(bins, **settings), head_of(model)
    )


def _by_name(outputs: Any) -> dict[str, Tensor]:
    return outputs if isinstance(outputs, dict) else {PREDICTION: outputs}


def _labels_of(y: Any) -> Any:
    return y[PREDICTION] if isinstance(y, dict) else y


def _statistics_of(x: Any, y: Any, validation_split: float) -> Any:
    if y is None:
        return FeatureStatistics(x)
    labels = check_labels("y", _labels_of(y))
    # Keras sets the last samples aside, and rounds like this.
    size = int(len(labels) * (1.0 - (validation_split or 0.0)))
    kept = keras.tree.map_structure(lambda array: array[:size], x)
    return FeatureStatistics(kept, labels[:size])
