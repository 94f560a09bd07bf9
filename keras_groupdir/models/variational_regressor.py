"""A regression model on a random embedding: VAE, and most of VIR."""

from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_positive
from keras_groupdir.layers import EvidentialHead
from keras_groupdir.layers import GaussianEmbedding
from keras_groupdir.layers import GaussianSample
from keras_groupdir.losses import EvidentialRegression
from keras_groupdir.losses import GaussianDivergence
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EMBEDDING
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.encoder_regressor import linear_head
from keras_groupdir.models.student_interval import student_interval
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class VariationalRegressor(EncoderRegressor):
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
    - VIR is, here, `evidential=True` with `FeatureSmoothingRegressor` and a
      `sample_weight` for `"evidential"` from `labels.histogram_weights`.
      Nothing is reconstructed here either. Importance weights weigh the loss of
      a sample, where VIR multiplies the pseudo-counts of its distribution by
      them. The head and its loss are those of deep evidential regression, where
      VIR adds such pseudo-counts to a conjugate prior. And variances are
      smoothed over bins like any feature, by the same kernel as means, where
      VIR takes the square of the kernel for them.

    Outputs: `"prediction"`, shape `(batch, 1)`, scaled as in
    `VanillaRegressor`; `"embedding"`, means and then variances, shape `(batch,
    2 * units)`; and, if `evidential`, `"evidential"`, shape `(batch, 4)`, whose
    first column is the prediction, and which is trained in its place.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.
        units: Features of the embedding. Defaults to `None`: as many as the
            encoder has.
        evidential: Whether the head is a `layers.EvidentialHead`, not a linear
            unit. Defaults to `False`.
        start: See `VanillaRegressor`; of a linear head. Defaults to `None`.
        spread: See `VanillaRegressor`; of a linear head. Defaults to `None`.
        divergence_weight: Of the mean divergence of a feature, beside an error
            of labels whose range is 1. None is published. Defaults to `1e-3`.
        evidence_weight: See `EvidentialRegressor`. Defaults to `0.01`.
        error: See `VanillaRegressor`. Defaults to `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = VariationalRegressor(encoder, low=0, high=5)
    >>> model.compile("adam")
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> history = model.fit(x, y, verbose=0)
    >>> outputs = model.predict_outputs(x, verbose=0)
    >>> {name: value.shape for name, value in sorted(outputs.items())}
    {'embedding': (6, 16), 'prediction': (6, 1)}

    Reference:
    - [Wang and Wang, 2023](https://arxiv.org/abs/2306.06599), VIR and VAE.
    - [Kingma and Welling, 2014](https://arxiv.org/abs/1312.6114)
    """

    def __init__(
        self,
        encoder: keras.Model,
        low: float,
        high: float,
        units: int | None = None,
        evidential: bool = False,
        start: float | None = None,
        spread: float | None = None,
        divergence_weight: float = 1e-3,
        evidence_weight: float = 0.01,
        error: str = "absolute",
        name: str | None = None,
    ) -> None:
        def head(features: Tensor) -> dict[str, Tensor]:
            # Float32 under a mixed policy too, which would round variances.
            embedding = GaussianEmbedding(
                features.shape[1] if units is None else units,
                dtype="float32",
                name=free_name("gaussian_embedding", encoder),
            )(features)
            sample = GaussianSample(
                dtype="float32", name=free_name("gaussian_sample", encoder)
            )(embedding)
            if not evidential:
                prediction = linear_head(
                    encoder, sample, (low, high), start, spread
                )
                return {"prediction": prediction, EMBEDDING: embedding}
            evidence = EvidentialHead(
                low,
                high,
                dtype="float32",
                name=free_name("evidential_head", encoder),
            )(sample)
            return {
                "prediction": evidence[:, :1],
                "evidential": evidence,
                EMBEDDING: embedding,
            }

        super().__init__(encoder, head, low, high, error, name)
        self.units, self.evidential = units, evidential
        self.start, self.spread = start, spread
        self.divergence_weight = check_not_negative(
            "divergence_weight", divergence_weight
        )
        self.evidence_weight = check_positive(
            "evidence_weight", evidence_weight
        )

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        span = self.high - self.low
        own = (
            {"evidential": EvidentialRegression(self.evidence_weight / span)}
            if self.evidential
            else super().default_losses()
        )
        return {**own, EMBEDDING: GaussianDivergence()}

    def default_loss_weights(self) -> dict[str, float]:
        features = self.output[EMBEDDING].shape[1] // 2
        return {
            **super().default_loss_weights(),
            EMBEDDING: self.divergence_weight / features,
        }

    def output_interval(
        self, outputs: dict[str, np.ndarray], coverage: float
    ) -> np.ndarray | None:
        """Of Student's t, if it is evidential."""
        if not self.evidential:
            return super().output_interval(outputs, coverage)
        return student_interval(outputs["evidential"], coverage)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "evidential": self.evidential,
            "start": self.start,
            "spread": self.spread,
            "divergence_weight": self.divergence_weight,
            "evidence_weight": self.evidence_weight,
        }
