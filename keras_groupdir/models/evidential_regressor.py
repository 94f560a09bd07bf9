"""A regression that says how sure it is."""

from typing import Any

import keras
import numpy as np

from keras_groupdir.checks import check_positive
from keras_groupdir.layers import EvidentialHead
from keras_groupdir.layers import evidential_uncertainty
from keras_groupdir.losses import EvidentialRegression
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.student_interval import student_interval
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class EvidentialRegressor(EncoderRegressor):
    """An evidential head on an encoder (DER).

    Outputs: `"prediction"`, shape `(batch, 1)`; `"aleatoric"` and
    `"epistemic"`, the variances of `layers.evidential_uncertainty`, shape
    `(batch, 1)`, which `predict_outputs` returns with the prediction;
    `"evidential"`, shape `(batch, 4)`, which is what is trained; and
    `"embedding"`. `predict_interval` is of the Student t distribution that
    the label then has.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.
        evidence_weight: Of `losses.EvidentialRegression`, for labels whose
            range is 1. Defaults to `0.01`, that of Amini et al. for labels of
            unit variance. (VIR's code has the same number beside ages in
            years, which would be 1 here.)
        error: Of the prediction, if a loss of it is asked for. Defaults to
            `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = EvidentialRegressor(encoder, low=0, high=5)
    >>> model.compile("adam")
    >>> sorted(model.output)
    ['aleatoric', 'embedding', 'epistemic', 'evidential', 'prediction']

    Reference:
    - [Amini et al., 2020](https://arxiv.org/abs/1910.02600)
    """

    def __init__(
        self,
        encoder: keras.Model,
        low: float,
        high: float,
        evidence_weight: float = 0.01,
        error: str = "absolute",
        name: str | None = None,
    ) -> None:
        super().__init__(
            encoder,
            lambda embedding: _evidential_outputs(
                encoder, embedding, low, high
            ),
            low,
            high,
            error,
            name,
        )
        self.evidence_weight = check_positive(
            "evidence_weight", evidence_weight
        )

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        return {"evidential": self.evidential_loss()}

    def evidential_loss(self) -> keras.losses.Loss:
        """The likelihood of evidential regression, in the label's units."""
        span = self.high - self.low
        return EvidentialRegression(self.evidence_weight / span)

    def output_interval(
        self, outputs: dict[str, np.ndarray], coverage: float
    ) -> np.ndarray:
        """Of Student's t, see `predict_interval`."""
        return student_interval(outputs["evidential"], coverage)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "evidence_weight": self.evidence_weight}


def _evidential_outputs(
    encoder: keras.Model, embedding: Tensor, low: float, high: float
) -> dict[str, Tensor]:
    head = EvidentialHead(
        low, high, dtype="float32", name=free_name("evidential_head", encoder)
    )
    evidential = head(embedding)
    aleatoric, epistemic = evidential_uncertainty(evidential)
    return {
        "prediction": evidential[:, :1],
        "aleatoric": aleatoric[:, None],
        "epistemic": epistemic[:, None],
        "evidential": evidential,
    }
