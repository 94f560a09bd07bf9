"""Heads for common and for rare labels, the surest of which is heard."""

from typing import Any
from typing import Self

import keras

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_labels
from keras_groupdir.labels import LabelGroups
from keras_groupdir.labels import count_power_weights
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.layers import LaplaceVotes
from keras_groupdir.losses import LaplaceLikelihood
from keras_groupdir.models.call_encoder import free_name
from keras_groupdir.models.encoder_regressor import EncoderRegressor
from keras_groupdir.models.encoder_regressor import label_scale
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class VotingRegressor(EncoderRegressor):
    """Several heads with a mean and a scale, from many-shot to few (UVOTE).

    Head `k` of `K` is trained by the likelihood of a Laplace distribution with
    weights `n**-(k / (K - 1))`, `n` the labels in the bin of a label: the
    first as the data are, the last as if all bins were equally full. Where one
    of them is surest, it is the prediction; see `layers.LaplaceVotes`.

    Outputs: `"prediction"` and its `"scale"`, the mean absolute error that is
    expected, in label units, shape `(batch, 1)`; `"head_0"` and so on, which
    are what is trained, shape `(batch, 2)`; and `"embedding"`.

    Args:
        encoder: Built Keras model with one `(batch, features)` output.
        low: Lower end of the label range, in label units.
        high: Upper end of the label range, in label units.
        bins: Bins of the label histogram, or `None`: then no head has weights,
            and they differ by where they start alone. Defaults to `None`.
        counts: Training labels in each bin, raw or smoothed, with `bins`.
            Shape `(num_bins,)`. Defaults to `None`.
        num_heads: Number of heads. Defaults to `3`, as published.
        voting: `"hard"` or `"precision"`, see `layers.LaplaceVotes`. Defaults
            to `"hard"`, as published.
        start: As for `models.VanillaRegressor`. Defaults to `None`: the middle
            of the range.
        spread: As for `models.VanillaRegressor`; scales are from a 148th to
            148 times of it. Defaults to `None`: the width of the range.
        error: Of the prediction, if a loss of it is asked for. Defaults to
            `"absolute"`.
        name: As for `keras.Model`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> model = VotingRegressor.from_labels(encoder, [1.0, 1.2, 1.4, 5.0])
    >>> model.compile("adam")
    >>> outputs = model.predict_outputs(np.zeros((2, 4), "float32"), verbose=0)
    >>> sorted(outputs)
    ['embedding', 'head_0', 'head_1', 'head_2', 'prediction', 'scale']

    Reference:
    - [Jiang et al., 2024](https://arxiv.org/abs/2305.15178), UVOTE.
    """

    def __init__(
        self,
        encoder: keras.Model,
        low: float,
        high: float,
        bins: LabelGroups | None = None,
        counts: ArrayLike | None = None,
        num_heads: int = 3,
        voting: str = "hard",
        start: float | None = None,
        spread: float | None = None,
        error: str = "absolute",
        name: str | None = None,
    ) -> None:
        def head(embedding: Tensor) -> dict[str, Tensor]:
            votes = LaplaceVotes(
                num_heads,
                voting,
                *label_scale((low, high), start, spread),
                dtype="float32",
                name=free_name("laplace_votes", encoder),
            )
            outputs: dict[str, Tensor] = votes(embedding)
            return outputs

        super().__init__(encoder, head, low, high, error, name)
        if (bins is None) != (counts is None):
            raise ValueError(
                "`bins` and `counts` must be given together, or neither. "
                f"Received: bins={bins!r}, counts={counts!r}"
            )
        self.bins = None if bins is None else check_groups(bins, "bins")
        self.counts: list[float] | None = None
        if self.bins is not None and counts is not None:
            size = self.bins.num_groups
            self.counts = check_counts("counts", counts, size).tolist()
        self.num_heads, self.voting = num_heads, voting
        self.start, self.spread = start, spread

    @classmethod
    def from_labels(
        cls, encoder: keras.Model, labels: ArrayLike, **settings: Any
    ) -> Self:
        """For the range and the histogram of training labels.

        Args:
            encoder: As for the class.
            labels: Training labels. Shape `(n,)` or `(n, 1)`.
            **settings: As for the class.
        """
        labels = check_labels("labels", labels)
        bins = LabelGroups.histogram(labels)
        low, high = float(labels.min()), float(labels.max())
        counts = bins.counts(labels)
        return cls(encoder, low, high, bins, counts, **settings)

    def default_losses(self) -> dict[str, keras.losses.Loss]:
        return {
            f"head_{head}": self.head_loss(head)
            for head in range(self.num_heads)
        }

    def head_loss(self, head: int) -> keras.losses.Loss:
        """The likelihood of one head, with its weights.

        Args:
            head: Its number, from 0, the one without weights, on.
        """
        if self.bins is None or self.counts is None:
            return LaplaceLikelihood()
        # Of a single head it is 0.
        power = head / max(self.num_heads - 1, 1)
        weights = count_power_weights(self.counts, power)
        return LaplaceLikelihood(self.bins, weights)

    def get_config(self) -> dict[str, Any]:
        bins = self.bins and keras.saving.serialize_keras_object(self.bins)
        return {
            **super().get_config(),
            "bins": bins,
            "counts": self.counts,
            "num_heads": self.num_heads,
            "voting": self.voting,
            "start": self.start,
            "spread": self.spread,
        }
