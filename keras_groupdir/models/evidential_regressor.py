"""A regression that says how sure it is."""

import keras

from keras_groupdir.layers import EvidentialHead
from keras_groupdir.layers import evidential_uncertainty
from keras_groupdir.models.call_encoder import call_encoder
from keras_groupdir.models.label_model import LabelModel


def evidential_regressor(
    encoder: keras.Model, low: float, high: float
) -> LabelModel:
    """Puts an evidential head on an encoder (DER).

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.

    Returns:
        `LabelModel` with the outputs `"prediction"`, shape `(batch, 1)`,
        `"aleatoric"` and `"epistemic"`, the variances of
        `layers.evidential_uncertainty`, shape `(batch, 1)`, `"evidential"`,
        shape `(batch, 4)`, and `"embedding"`. Compile it with
        `loss={"evidential": losses.EvidentialRegression()}`; `predict_outputs`
        returns the variances with the prediction.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = evidential_regressor(encoder, low=0, high=5)
    >>> sorted(model.output)
    ['aleatoric', 'embedding', 'epistemic', 'evidential', 'prediction']

    Reference:
    - [Amini et al., 2020](https://arxiv.org/abs/1910.02600)
    """
    inputs, embedding = call_encoder(encoder)
    head = EvidentialHead(low, high, dtype="float32", name="evidential")
    evidential = head(embedding)
    aleatoric, epistemic = evidential_uncertainty(evidential)
    return LabelModel(
        inputs,
        {
            "prediction": evidential[:, :1],
            "aleatoric": aleatoric[:, None],
            "epistemic": epistemic[:, None],
            "evidential": evidential,
            "embedding": embedding,
        },
    )
