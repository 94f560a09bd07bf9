"""What every model of an encoder with a head on it shares."""

from contextvars import ContextVar
from typing import Any
from typing import Self

import keras

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_range
from keras_groupdir.losses import ScaledError
from keras_groupdir.losses.scaled_error import ERRORS
from keras_groupdir.models.call_encoder import call_encoder
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.frozen_layers import freeze_again
from keras_groupdir.models.frozen_layers import frozen_config
from keras_groupdir.models.frozen_layers import without_frozen
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.types import Tensor

EMBEDDING = "embedding"
# Whether configs hold the encoder itself: one that has no config, or a long
# one, can be shared all the same.
_SHARED: ContextVar[bool] = ContextVar("shared encoder", default=False)


class EncoderRegressor(LabelModel):
    """Base of models that put a head on an encoder, for a range of labels.

    Subclasses call `__init__` with a function from the embedding to outputs
    by name, and extend `get_config`.

    Args:
        encoder: Built Keras model with one `(batch, features)` output; inputs
            may be a tensor, a list, a tuple or a dict.
        head: From the embedding to a dict of outputs with a `"prediction"`; an
            `"embedding"` replaces the encoder's own.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.
        error: What the prediction's own loss takes of an error: `"absolute"`,
            `"squared"` or `"huber"`.
        name: As for `keras.Model`.
    """

    def __init__(
        self,
        encoder: keras.Model,
        head: Any,
        low: float,
        high: float,
        error: str,
        name: str | None = None,
    ) -> None:
        low, high = check_range(low, high)
        inputs, embedding = call_encoder(encoder)
        outputs = {EMBEDDING: embedding, **head(embedding)}
        super().__init__(inputs, outputs, name=name)
        self.encoder = encoder
        self.low, self.high = low, high
        self.error = check_choice("error", error, ERRORS)

    @property
    def label_range(self) -> tuple[float, float]:
        return self.low, self.high

    def prediction_loss(self) -> keras.losses.Loss:
        """Error of the prediction, as that of labels whose range is 1."""
        return ScaledError(self.high - self.low, self.error)

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        return {"prediction": self.prediction_loss()}

    def quantize(self, *args: Any, **kwargs: Any) -> None:
        """Quantizes the encoder, as `keras.Model.quantize` does.

        The head is small and stays as it is: in integers it would round labels
        such as ages or prices.

        Args:
            *args: As for `keras.Model.quantize`.
            **kwargs: As for `keras.Model.quantize`.
        """
        self.encoder.quantize(*args, **kwargs)
        # They were made for the layers as they were.
        self.train_function = None
        self.test_function = None
        self.predict_function = None

    def _with_settings(self, **settings: Any) -> Self:
        """A model like this one, on the same encoder, with a new head.

        Args:
            **settings: By what they are called in `get_config`, which has
                those of subclasses too.
        """
        token = _SHARED.set(True)
        try:
            config = self.get_config()
        finally:
            _SHARED.reset(token)
        # Keras gives it a name of its own.
        config.pop("name", None)
        return self._of_config({**config, **settings})

    def get_config(self) -> dict[str, Any]:
        encoder: Any = self.encoder
        if not _SHARED.get():
            encoder = keras.saving.serialize_keras_object(encoder)
        return {
            "encoder": encoder,
            "low": self.low,
            "high": self.high,
            "error": self.error,
            "name": self.name,
            **frozen_config(self),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], **kwargs: Any) -> Self:
        return cls._of_config(config, **kwargs)

    @classmethod
    def _of_config(cls, config: dict[str, Any], **kwargs: Any) -> Self:
        parts = {
            name: keras.saving.deserialize_keras_object(value, **kwargs)
            for name, value in config.items()
            if isinstance(value, dict) and "class_name" in value
        }
        model = cls(**without_frozen({**config, **parts}))
        freeze_again(model, config)
        return model


def linear_head(
    encoder: keras.Model,
    embedding: Tensor,
    label_range: tuple[float, float],
    start: float | None,
    spread: float | None,
) -> Tensor:
    """Prediction of one linear unit, in label units and float32.

    Args:
        encoder: What its layers must not be named like.
        embedding: Shape `(batch, features)`.
        label_range: Lower and upper end, in label units.
        start: What the unit's 0 means, in label units, or `None` for the
            middle of the range.
        spread: What its 1 adds, or `None` for the width of the range.
    """
    offset, width = label_scale(label_range, start, spread)
    # By names of their own, which a file brings back.
    unit = keras.layers.Dense(
        1, dtype="float32", name=free_name("linear_unit", encoder)
    )
    scale = keras.layers.Rescaling(
        width,
        offset=offset,
        dtype="float32",
        name=free_name("label_scale", encoder),
    )
    return scale(unit(embedding))


def label_scale(
    label_range: tuple[float, float], start: float | None, spread: float | None
) -> tuple[float, float]:
    """What 0 and 1 of a linear unit mean, in label units.

    Args:
        label_range: Lower and upper end, in label units.
        start: What 0 means, or `None` for the middle of the range.
        spread: What 1 adds, or `None` for the width of the range.
    """
    low, high = check_range(*label_range)
    return (
        (low + high) / 2 if start is None else check_number("start", start),
        high - low if spread is None else check_positive("spread", spread),
    )
