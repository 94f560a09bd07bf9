"""A regression model on a random embedding: VAE, and most of VIR."""

import keras

from keras_groupdir.layers import EvidentialHead
from keras_groupdir.layers import GaussianEmbedding
from keras_groupdir.layers import GaussianSample
from keras_groupdir.models.call_encoder import call_encoder
from keras_groupdir.models.label_model import PREDICTION
from keras_groupdir.models.label_model import LabelModel
from keras_groupdir.models.split_model import EMBEDDING
from keras_groupdir.models.vanilla_regressor import linear_head


def variational_regressor(
    encoder: keras.Model,
    low: float,
    high: float,
    units: int | None = None,
    *,
    evidential: bool = False,
) -> LabelModel:
    """Embeds a sample as a normal distribution, and predicts from a draw.

    In training the head sees `mean + sqrt(variance) * noise`, with new noise at
    every step; otherwise it sees the mean, so that predictions are always the
    same. `losses.GaussianDivergence` on `"embedding"` keeps the variances from
    shrinking away.

    This is an APPROXIMATION of two rows of published tables, which it cannot
    reproduce to the letter:

    - VAE, the variational baseline of the VIR paper that treats samples as
      independent, has no released definition. As it stands here there is no
      decoder, hence no reconstruction of the input in the loss; the weight of
      the divergence is yours to choose, for the released code has the
      divergence commented out.
    - VIR is, here, `evidential=True` with `smooth_features` and a
      `sample_weight` for `"evidential"` from `density.density_weights`. Nothing
      is reconstructed here either. Importance weights weigh the loss of a
      sample, where VIR multiplies the pseudo-counts of its distribution by
      them. The head and its loss are those of deep evidential regression, where
      VIR adds such pseudo-counts to a conjugate prior. And variances are
      smoothed over bins like any feature, by the same kernel as means, where
      VIR takes the square of the kernel for them.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.
        units: Features of the embedding. Defaults to `None`: as many as the
            encoder has.
        evidential: Whether the head is a `layers.EvidentialHead`, not a linear
            unit. Defaults to `False`.

    Returns:
        `LabelModel` with the outputs `"prediction"`, shape `(batch, 1)`, scaled
        as in `vanilla_regressor`; `"embedding"`, means and then variances,
        shape `(batch, 2 * units)`; and, if `evidential`, `"evidential"`, shape
        `(batch, 4)`, whose first column is the prediction. Train `"prediction"`
        of a linear head, `"evidential"` of the other. Works with
        `smooth_features` and `retrain_head`.

    Examples:

    >>> from keras_groupdir.losses import GaussianDivergence
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = variational_regressor(encoder, low=0, high=5)
    >>> model.compile(
    ...     "adam",
    ...     loss={"prediction": "mse", "embedding": GaussianDivergence()},
    ...     loss_weights={"prediction": 1.0, "embedding": 1e-3},
    ... )
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> history = model.fit(x, y, verbose=0)
    >>> outputs = model.predict_outputs(x, verbose=0)
    >>> {name: value.shape for name, value in sorted(outputs.items())}
    {'embedding': (6, 16), 'prediction': (6, 1)}

    Reference:
    - [Wang and Wang, 2023](https://arxiv.org/abs/2306.06599), VIR and VAE.
    - [Kingma and Welling, 2014](https://arxiv.org/abs/1312.6114)
    """
    inputs, features = call_encoder(encoder)
    # Float32 under a mixed policy too, which would round small variances.
    layer = GaussianEmbedding(
        features.shape[1] if units is None else units, dtype="float32"
    )
    embedding = layer(features)
    sample = GaussianSample(dtype="float32")(embedding)
    if not evidential:
        outputs = {PREDICTION: linear_head(sample, low, high)}
    else:
        distribution = EvidentialHead(low, high, dtype="float32")(sample)
        outputs = {
            PREDICTION: distribution[:, :1],
            "evidential": distribution,
        }
    return LabelModel(inputs, {**outputs, EMBEDDING: embedding})
