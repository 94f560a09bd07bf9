"""The second stage of two-stage training."""

from typing import TypeVar

from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.split_model import encoder_of

ModelType = TypeVar("ModelType", bound=LabelModel)


def retrain_head(model: ModelType) -> ModelType:
    """A new head on the trained encoder of a model, which is frozen (RRT).

    Two-stage training first learns features from all samples alike, then a
    head from balanced ones: compile the model that is returned and fit it with
    `sample_weight`, say of `density.density_weights`.

    All that leads to the `"embedding"` keeps its weights and is no longer
    trained. Frozen batch normalization uses its moving averages in training
    too, and leaves them alone; dropout in the encoder stays. All that comes
    after the embedding starts from its initializers again. (The published code
    leaves the encoder in training mode, where the moving averages drift.)

    Args:
        model: Trained `LabelModel` with an output named `"embedding"`, such as
            a `vanilla_regressor` or a `GroupRegressor`.

    Returns:
        Model of the same class and settings, not compiled. It has weights of
        its own: `model` stays as it is.

    Examples:

    >>> from keras_groupdir.models import vanilla_regressor
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = vanilla_regressor(encoder, low=0, high=5)
    >>> second = retrain_head(model)
    >>> [tuple(weight.shape) for weight in second.trainable_weights]
    [(8, 1), (1,)]
    >>> second.compile("adam", loss={"prediction": "mae"})

    Reference:
    - [Kang et al., 2020](https://arxiv.org/abs/1910.09217)
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554), RRT.
    """
    trained = encoder_of(model)
    second = type(model).from_config(model.get_config())
    frozen = encoder_of(second)
    frozen.set_weights(trained.get_weights())
    frozen.trainable = False
    if not second.trainable_weights:
        raise ValueError(
            "`model` must have a head: weights that lead from its embedding to "
            "its other outputs, and that are trained. Received: none"
        )
    return second
