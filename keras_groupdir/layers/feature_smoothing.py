"""Feature distribution smoothing: rare labels borrow their neighbors' scale."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_clip
from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.smoothed_density import smoothing_kernel
from keras_groupdir.layers.mirrored_window import mirrored_window
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class FeatureSmoothing(keras.layers.Layer):
    """Moves features from the statistics of their label's bin to smooth ones.

    Belongs between encoder and head, and acts on training batches alone: called
    without labels it returns the features as they are. A
    `FeatureSmoothingRegressor` calls it with the labels of the batch and keeps
    its statistics up to date.

    For a feature `z` of a sample whose label lies in bin `b`, with running mean
    `m` and variance `v` per bin and feature, and the window `k`, which sums to
    1 and is mirrored at both ends:

    ```
    z' = (z - m_b) * sqrt(clip(v~_b / v_b)) + m~_b
    m~_b = sum_j k_j m_(b+j) / sum_j k_j, over bins with data; v~_b likewise
    ```

    After every epoch `update` is told the mean and variance of all training
    features, taken before this layer. They are averaged over epochs:

    ```
    m = momentum * m + (1 - momentum) * mean of this epoch
    ```

    where the first mean of a bin is taken as it is. Smoothing starts with epoch
    number `start_smooth`, the first being 0, and stays the same within an
    epoch.

    Bins without training labels take no part: they neither lend to their
    neighbors nor are moved. A bin with a single label lends its mean alone, for
    its variance is unknown, and is not moved. Nor is a feature that does not
    vary within a bin.

    In the published code, instead, smoothing lags one more epoch behind, empty
    bins lend a mean of 0 and a variance of 1 (ages) or are filled from their
    neighbors (STS-B), a single label lends a variance of 0, from the start of
    smoothing on the statistics are those of smoothed features, and features
    are whitened by the statistics of one epoch and colored by those of the one
    before, as two names mean the same tensor.

    Args:
        bins: `LabelGroups`, the finest ones, from `LabelGroups.histogram`.
        kernel: `"gaussian"`, `"triangular"` or `"laplace"`, see
            `labels.smoothing_kernel`. Defaults to `"gaussian"`.
        kernel_size: Odd number of bins, which reaches less far than there are
            bins. Defaults to `5`.
        sigma: Positive width of the window, in bins. Defaults to `2.0`.
        momentum: Share of the old statistics, from 0 to below 1. Defaults to
            `0.9`.
        start_update: Epoch after which statistics are first taken. Defaults
            to `0`.
        start_smooth: Epoch that first smooths. Defaults to `1`.
        clip: Smallest and largest ratio of variances. The published STS-B-DIR
            runs use `(0.5, 2.0)`. Defaults to `(0.1, 10.0)`.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        features: Encoder outputs. Shape `(batch, features)`.
        labels: Labels of a training batch, or `None`. Shape `(batch,)` or
            `(batch, 1)`.

    Returns:
        Features. Shape `(batch, features)`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 3, num_groups=3)
    >>> layer = FeatureSmoothing(bins, "triangular", kernel_size=3)
    >>> features = np.array([[2.0]], "float32")
    >>> layer.build(features.shape)
    >>> layer.update([9, 9, 9], [[1.0], [1.0], [5.0]], [[1.0], [4.0], [4.0]])
    >>> keras.ops.convert_to_numpy(layer(features)).tolist()
    [[2.0]]
    >>> keras.ops.convert_to_numpy(layer(features, labels=[2.5])).tolist()
    [[0.0]]

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """

    def __init__(
        self,
        bins: LabelGroups,
        kernel: str = "gaussian",
        kernel_size: int = 5,
        sigma: float = 2.0,
        momentum: float = 0.9,
        start_update: int = 0,
        start_smooth: int = 1,
        clip: Sequence[float] = (0.1, 10.0),
        **kwargs: Any,
    ) -> None:
        # Half precision would move labels into other bins.
        super().__init__(autocast=False, **kwargs)
        window = smoothing_kernel(kernel, kernel_size, sigma)
        self.bins = _check_bins(bins, kernel_size)
        self.kernel = kernel
        self.kernel_size = int(kernel_size)
        self.sigma = float(sigma)
        self.momentum = _check_momentum(check_number("momentum", momentum))
        self.start_update = check_whole("start_update", start_update, 0)
        self.start_smooth = check_whole("start_smooth", start_smooth, 0)
        self.clip = check_clip("clip", clip)
        self._smoother = mirrored_window(window, self.bins.num_groups)

    def build(self, input_shape: Any) -> None:
        num_bins = self.bins.num_groups
        shape = (num_bins, input_shape[-1])

        def state(name: str, shape: tuple[int, ...], start: str) -> Any:
            return self.add_weight(
                shape=shape,
                initializer=start,
                trainable=False,
                autocast=False,
                name=name,
            )

        self.epoch = state("epoch", (), "zeros")
        self.most_seen = state("most_seen", (num_bins,), "zeros")
        self.mean = state("mean", shape, "zeros")
        self.variance = state("variance", shape, "zeros")
        # What `call` needs of the statistics, fixed within an epoch.
        self.old_mean = state("old_mean", shape, "zeros")
        self.new_mean = state("new_mean", shape, "zeros")
        self.scale = state("scale", shape, "ones")

    def call(self, features: Tensor, labels: Tensor | None = None) -> Tensor:
        if labels is None:
            return ops.cast(features, self.compute_dtype)
        bin_ids = self.bins.assign_tensor(labels)

        def of_sample(statistic: Any) -> Tensor:
            return ops.take(statistic, bin_ids, axis=0)

        features = ops.cast(features, self.variable_dtype)
        centered = features - of_sample(self.old_mean)
        smooth = centered * of_sample(self.scale) + of_sample(self.new_mean)
        return ops.cast(smooth, self.compute_dtype)

    def update(
        self, counts: ArrayLike, mean: ArrayLike, variance: ArrayLike
    ) -> None:
        """Ends an epoch with the statistics of all training features.

        Args:
            counts: Training labels of each bin. Shape `(num_bins,)`.
            mean: Of the features of each bin; not used for a bin without
                labels. Shape `(num_bins, features)`.
            variance: The unbiased one; not used for a bin with fewer than two
                labels. Shape `(num_bins, features)`.
        """
        statistics = [np.asarray(v, "float64") for v in (mean, variance)]
        counts = np.asarray(counts, "float64")
        came = [value.shape for value in (counts, *statistics)]
        wanted = [tuple(self.most_seen.shape), *[tuple(self.mean.shape)] * 2]
        if came != wanted:
            raise ValueError(
                "`counts`, `mean` and `variance` must have shapes "
                f"{wanted}. Received: {came}"
            )
        epoch = int(_numpy(self.epoch))
        if epoch >= self.start_update:
            self._average_over_epochs(counts, *statistics)
        self.epoch.assign(epoch + 1)
        if epoch + 1 >= self.start_smooth:
            self._smooth_over_bins()

    def _average_over_epochs(
        self, counts: np.ndarray, mean: np.ndarray, variance: np.ndarray
    ) -> None:
        most_seen = _numpy(self.most_seen)
        # A mean needs one label, a variance two.
        for state, value, needed in (
            (self.mean, mean, 1),
            (self.variance, variance, 2),
        ):
            share = np.where(most_seen >= needed, 1 - self.momentum, 1.0)
            share = np.where(counts >= needed, share, 0.0)[:, None]
            value = np.where(share > 0, value, 0.0)
            state.assign((1 - share) * _numpy(state) + share * value)
        self.most_seen.assign(np.maximum(most_seen, counts))

    def _smooth_over_bins(self) -> None:
        most_seen = _numpy(self.most_seen)[:, None]
        mean, variance = _numpy(self.mean), _numpy(self.variance)
        new_mean = self._smoothed(mean, most_seen >= 1)
        new_variance = self._smoothed(variance, most_seen >= 2)
        moves = (most_seen >= 2) & (variance > 0)
        ratio = new_variance / np.where(moves, variance, 1.0)
        scale = np.sqrt(np.clip(ratio, *self.clip))
        self.old_mean.assign(np.where(moves, mean, 0.0))
        self.new_mean.assign(np.where(moves, new_mean, 0.0))
        self.scale.assign(np.where(moves, scale, 1.0))

    def _smoothed(self, statistic: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Average over the window, of the bins where it is known."""
        lent = self._smoother @ known.astype("float64")
        total = self._smoother @ np.where(known, statistic, 0.0)
        return total / np.where(lent > 0, lent, 1.0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}


def _numpy(weight: Any) -> np.ndarray:
    return ops.convert_to_numpy(weight).astype("float64")


def _check_bins(bins: LabelGroups, kernel_size: int) -> LabelGroups:
    bins = check_groups(bins, "bins")
    if kernel_size // 2 >= bins.num_groups:
        raise ValueError(
            "`kernel_size` must reach less far than there are bins, for it is "
            f"mirrored at the ends. Received: kernel_size={kernel_size} for "
            f"{bins.num_groups} bins"
        )
    return bins


def _check_momentum(momentum: float) -> float:
    if not 0 <= momentum < 1:
        raise ValueError(
            "`momentum` must lie between 0 and 1, and below 1. "
            f"Received: momentum={momentum!r}"
        )
    return momentum
