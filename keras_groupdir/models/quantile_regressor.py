"""A regression of several quantiles: a prediction and an interval."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_groupdir.layers import QuantileHead
from keras_groupdir.layers.quantile_head import check_with_median
from keras_groupdir.losses import Pinball
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.encoder_regressor import label_scale
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class QuantileRegressor(EncoderRegressor):
    """Quantiles of the label on an encoder, which do not cross.

    Outputs: `"prediction"`, the median, shape `(batch, 1)`; `"quantiles"`, in
    label units and in the order of `model.quantile_levels`, shape
    `(batch, num_quantiles)`, which is what is trained and what
    `predict_outputs` returns with the prediction; and `"embedding"`. See
    `layers.QuantileHead`. How many labels an interval of new data holds is not
    promised: calibrate it on data that were not trained on.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.
        quantile_levels: Rising, between 0 and 1, with 0.5 among them. Defaults
            to `(0.05, 0.5, 0.95)`: an interval of 90%.
        start: As for `models.VanillaRegressor`. Defaults to `None`: the middle
            of the range.
        spread: As for `models.VanillaRegressor`. Defaults to `None`: the width
            of the range.
        error: Of the prediction, if a loss of it is asked for. Defaults to
            `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = QuantileRegressor(encoder, low=0, high=5)
    >>> model.compile("adam")
    >>> outputs = model.predict_outputs(np.zeros((2, 4), "float32"), verbose=0)
    >>> outputs["quantiles"].shape, model.quantile_levels
    ((2, 3), (0.05, 0.5, 0.95))

    Reference:
    - [Koenker and Bassett, 1978](https://doi.org/10.2307/1913643)
    """

    def __init__(
        self,
        encoder: keras.Model,
        low: float,
        high: float,
        quantile_levels: Sequence[float] = (0.05, 0.5, 0.95),
        start: float | None = None,
        spread: float | None = None,
        error: str = "absolute",
        name: str | None = None,
    ) -> None:
        levels = check_with_median("quantile_levels", quantile_levels)

        def head(embedding: Tensor) -> dict[str, Tensor]:
            layer = QuantileHead(
                levels,
                *label_scale((low, high), start, spread),
                dtype="float32",
                name=free_name("quantile_head", encoder),
            )
            quantiles = layer(embedding)
            median = slice(layer.median, layer.median + 1)
            return {"prediction": quantiles[:, median], "quantiles": quantiles}

        super().__init__(encoder, head, low, high, error, name)
        self.quantile_levels = levels
        self.start, self.spread = start, spread

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        span = self.high - self.low
        return {"quantiles": Pinball(self.quantile_levels, span)}

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "quantile_levels": list(self.quantile_levels),
            "start": self.start,
            "spread": self.spread,
        }
