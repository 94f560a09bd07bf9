"""The plain regression model that every method is compared with."""

import keras

from keras_groupdir.models.call_encoder import call_encoder
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.types import Tensor


def vanilla_regressor(
    encoder: keras.Model, low: float, high: float
) -> LabelModel:
    """Puts one linear unit on an encoder: the paper's VANILLA.

    The unit works on labels scaled from `[low, high]` to `[0, 1]`, as the
    experts of a `GroupRegressor` do, and starts in the middle; it is not held
    to the range.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.

    Returns:
        `LabelModel` with the outputs `"prediction"`, shape `(batch, 1)`, and
        `"embedding"`, shape `(batch, features)`. Compile it with
        `loss={"prediction": ...}`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = vanilla_regressor(encoder, low=0, high=5)
    >>> model.predict(np.zeros((2, 4), "float32"), verbose=0).tolist()
    [[2.5], [2.5]]
    """
    inputs, embedding = call_encoder(encoder)
    prediction = linear_head(embedding, low, high)
    return LabelModel(
        inputs, {"prediction": prediction, "embedding": embedding}
    )


def linear_head(embedding: Tensor, low: float, high: float) -> Tensor:
    """Prediction of one linear unit, in label units and float32."""
    if not low < high:
        raise ValueError(
            f"`low` must be below `high`. Received: low={low}, high={high}"
        )
    unit = keras.layers.Dense(
        1, bias_initializer=keras.initializers.Constant(0.5), dtype="float32"
    )
    scale = keras.layers.Rescaling(high - low, offset=low, dtype="float32")
    return scale(unit(embedding))
