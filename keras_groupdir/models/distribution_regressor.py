"""A regression that predicts a distribution over bins, and its mean."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.checks import check_not_negative
from keras_groupdir.checks import check_positive
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.layers import GroupExpectation
from keras_groupdir.losses import GaussianGroupCrossentropy
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.mixture_interval import mixture_interval
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class DistributionRegressor(EncoderRegressor):
    """A softmax over bins of the label on an encoder; predicts its mean.

    HL-Gauss, and DLDL-v2 with a `prediction_weight`. `compile` without a loss
    minimizes

    ```
    GaussianGroupCrossentropy(y, bin_logits)
        + prediction_weight * ScaledError(y, prediction)
    ```

    Outputs: `"prediction"`, the mean of the bins' centers, shape `(batch, 1)`;
    `"bin_logits"`, shape `(batch, num_bins)`, of which the softmax is the
    predicted distribution; and `"embedding"`. `predict_outputs` returns all of
    them.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        bins: `LabelGroups`, usually many and of one width.
        sigma: Positive float. Standard deviation of the Gaussian around a
            label, in widths of a bin. Defaults to `0.75`, that of HL-Gauss.
        prediction_weight: Of the error of the prediction, as that of labels
            whose range is 1, at least 0. Defaults to `0.0`: none.
        error: `"absolute"`, `"squared"` or `"huber"`: what that is. Defaults
            to `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> bins = LabelGroups.equal_width(0, 5, num_groups=50)
    >>> model = DistributionRegressor(encoder, bins)
    >>> model.compile("adam")
    >>> x = np.zeros((3, 4), "float32")
    >>> logits = model.predict_outputs(x, verbose=0)["bin_logits"]
    >>> probs = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
    >>> mean = (probs * bins.centers).sum(axis=1)
    >>> bool(np.allclose(mean, model.predict(x, verbose=0)[:, 0]))
    True

    Reference:
    - [Imani and White, 2018](https://arxiv.org/abs/1806.04613)
    - [Farebrother et al., 2024](https://arxiv.org/abs/2403.03950)
    - [Gao et al., 2018](https://doi.org/10.24963/ijcai.2018/99) (DLDL-v2)
    """

    def __init__(
        self,
        encoder: keras.Model,
        bins: LabelGroups,
        sigma: float = 0.75,
        prediction_weight: float = 0.0,
        error: str = "absolute",
        name: str | None = None,
    ) -> None:
        bins = check_groups(bins, "bins")
        super().__init__(
            encoder,
            lambda embedding: _bin_outputs(encoder, embedding, bins),
            bins.low,
            bins.high,
            error,
            name,
        )
        self.bins = bins
        self.sigma = check_positive("sigma", sigma)
        self.prediction_weight = check_not_negative(
            "prediction_weight", prediction_weight
        )

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        losses = {
            "bin_logits": GaussianGroupCrossentropy(self.bins, self.sigma)
        }
        if self.prediction_weight:
            losses["prediction"] = self.prediction_loss()
        return losses

    def default_loss_weights(self) -> dict[str, float]:
        """1 for the distribution, `prediction_weight` for its mean."""
        weights = {"bin_logits": 1.0, "prediction": self.prediction_weight}
        return {name: weights[name] for name in self.default_losses()}

    def output_interval(
        self, outputs: dict[str, np.ndarray], coverage: float
    ) -> np.ndarray:
        """Of the softmax over bins, in each of which labels spread evenly."""
        shares = ops.convert_to_numpy(ops.softmax(outputs["bin_logits"]))
        values = np.broadcast_to(self.bins.centers, shares.shape)
        widths = np.diff(self.bins.edges)
        return mixture_interval(shares, values, widths, coverage)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["low"], config["high"]
        return {
            **config,
            "bins": keras.saving.serialize_keras_object(self.bins),
            "sigma": self.sigma,
            "prediction_weight": self.prediction_weight,
        }


def _bin_outputs(
    encoder: keras.Model, embedding: Tensor, bins: LabelGroups
) -> dict[str, Tensor]:
    classify = keras.layers.Dense(
        bins.num_groups,
        dtype="float32",
        name=free_name("bin_classifier", encoder),
    )
    expect = GroupExpectation(
        bins, dtype="float32", name=free_name("bin_expectation", encoder)
    )
    logits = classify(embedding)
    return {"prediction": expect(logits), "bin_logits": logits}
