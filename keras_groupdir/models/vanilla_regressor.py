"""The plain regression model that every method is compared with."""

from typing import Any
from typing import Self

import keras
import numpy as np

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.edges import label_ends
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.encoder_regressor import linear_head
from keras_groupdir.types import ArrayLike


@keras.saving.register_keras_serializable(package="keras_groupdir")
class VanillaRegressor(EncoderRegressor):
    """One linear unit on an encoder: the paper's VANILLA.

    The unit works on labels of which `start` has been taken away, in units of
    `spread`, and is not held to the range. Its outputs are `"prediction"`,
    shape `(batch, 1)`, and `"embedding"`, shape `(batch, features)`. `compile`
    without a loss minimizes the error of the prediction.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.
        start: Where it starts from: best where most labels are, see
            `from_labels`. Defaults to `None`: the middle of the range.
        spread: How far labels are from there, roughly. Of very skewed labels
            that is far less than the range, and a unit that works on the range
            takes steps which are too long. Defaults to `None`: the width of
            the range.
        error: `"absolute"`, `"squared"` or `"huber"`, see
            `losses.ScaledError`. Defaults to `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = VanillaRegressor.from_labels(encoder, [0.5, 0.6, 5.0])
    >>> model.predict(np.zeros((2, 4), "float32"), verbose=0).round(3).tolist()
    [[0.6000000238418579], [0.6000000238418579]]
    >>> model.compile("adam")
    """

    def __init__(
        self,
        encoder: keras.Model,
        low: float,
        high: float,
        start: float | None = None,
        spread: float | None = None,
        error: str = "absolute",
        name: str | None = None,
    ) -> None:
        super().__init__(
            encoder,
            lambda embedding: {
                "prediction": linear_head(
                    encoder, embedding, (low, high), start, spread
                )
            },
            low,
            high,
            error,
            name,
        )
        self.start, self.spread = start, spread

    @classmethod
    def from_labels(
        cls, encoder: keras.Model, labels: ArrayLike, **settings: Any
    ) -> Self:
        """For the range of training labels, their median and deviation.

        Args:
            encoder: As for the class.
            labels: Training labels. Shape `(n,)` or `(n, 1)`.
            **settings: As for the class.
        """
        labels = check_labels("labels", labels)
        low, high = label_ends(labels)
        start, spread = float(np.median(labels)), float(np.std(labels))
        return cls(encoder, low, high, start, spread, **settings)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {**config, "start": self.start, "spread": self.spread}
