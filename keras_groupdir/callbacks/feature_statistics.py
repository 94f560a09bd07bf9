"""Statistics of the training features, taken after every epoch."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.callbacks.batches_of import batches_of
from keras_groupdir.callbacks.batches_of import is_endless
from keras_groupdir.callbacks.plain_inputs import checked_labels
from keras_groupdir.checks import check_whole
from keras_groupdir.layers import FeatureSmoothing
from keras_groupdir.types import ArrayLike


class FeatureStatistics(keras.callbacks.Callback):
    """Updates feature smoothing with the whole training set after an epoch.

    The encoder sees all samples once more, as in prediction: without dropout
    or augmentation, and with the moving averages of batch normalization, which
    it leaves alone. Mean and unbiased variance per bin and feature go to
    `FeatureSmoothing.update`. Sums are kept in float64, and no more than one
    batch of features at a time.

    `FeatureSmoothingRegressor.fit` brings one of its own, on the data it is
    given; make one for data that differs, such as inputs before random
    augmentation, and put it first in `callbacks`, so that a file saved after an
    epoch holds the statistics of that epoch.

    Args:
        x: Training inputs: an array or a list, tuple or dict of arrays, with
            `y`; or a finite data set of `(x, y)` batches that can be gone
            through again, such as a `keras.utils.PyDataset`, a
            `tf.data.Dataset` or a torch `DataLoader`.
        y: Training labels, if `x` is no data set. Shape `(n,)` or `(n, 1)`.
            Defaults to `None`.
        batch_size: Samples that the encoder sees at a time, unless `x` is a
            data set. Defaults to `1024`, as of `ValidationError`.
        steps: Batches of a data set to take, where it does not end. Defaults
            to `None`: all.

    Examples:

    >>> from keras_groupdir import models
    >>> inputs = keras.Input((4,))
    >>> encoder = keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> bins = LabelGroups.equal_width(0, 5, num_groups=50)
    >>> model = models.FeatureSmoothingRegressor(
    ...     models.VanillaRegressor(encoder, low=0, high=5), bins
    ... )
    >>> model.compile("adam")
    >>> x, y = np.zeros((6, 4), "float32"), np.linspace(0, 5, 6)
    >>> statistics = FeatureStatistics(x, y, batch_size=3)
    >>> history = model.fit(x, y, callbacks=[statistics], verbose=0)
    >>> float(model.smoothing.epoch)
    1.0

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554), FDS.
    """

    def __init__(
        self,
        x: Any,
        y: ArrayLike | None = None,
        batch_size: int = 1024,
        steps: int | None = None,
    ) -> None:
        super().__init__()
        self.batch_size = check_whole("batch_size", batch_size, at_least=1)
        if steps is not None:
            steps = check_whole("steps", steps, at_least=1)
        self.x, self.steps = x, steps
        self.y = checked_labels(x, y)
        if self.y is None:
            _check_data_set(x, steps)

    def on_train_begin(self, logs: Any = None) -> None:
        """Checks that there is something to update."""
        smoothing = getattr(self.model, "smoothing", None)
        encoder = getattr(self.model, "encoder", None)
        if not (
            isinstance(smoothing, FeatureSmoothing)
            and isinstance(encoder, keras.Model)
        ):
            raise ValueError(
                "FeatureStatistics needs a model with a FeatureSmoothing layer "
                "as `smoothing` and a keras.Model as `encoder`, such as a "
                "FeatureSmoothingRegressor. "
                f"Received: {type(self.model).__name__}"
            )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Takes the statistics and hands them to the layer."""
        smoothing = self.model.smoothing
        sums = BinSums(*smoothing.mean.shape)
        for x, labels in batches_of(
            self.x, self.y, self.batch_size, self.steps
        ):
            bin_ids = smoothing.bins.assign(labels)
            features = self.model.encoder.predict_on_batch(x)
            # Of every replica of a tf.distribute strategy, one after another.
            sums.add(features[: len(bin_ids)], bin_ids)
        smoothing.update(sums.counts, sums.mean, sums.variance)


class BinSums:
    """Count, mean and variance of features per bin, batch by batch.

    Batches are merged by their means and squared distances from them, which
    loses no digits to a large mean.

    Args:
        num_bins: Number of bins.
        num_features: Number of features.
    """

    def __init__(self, num_bins: int, num_features: int) -> None:
        self.counts = np.zeros(num_bins)
        self.mean = np.zeros((num_bins, num_features))
        self.squares = np.zeros((num_bins, num_features))

    def add(self, features: Any, bin_ids: np.ndarray) -> None:
        """Takes in a batch. Shapes `(batch, features)` and `(batch,)`."""
        features = ops.convert_to_numpy(features).astype("float64")
        bins = np.arange(len(self.counts))
        # Row = bin, column = sample.
        in_bin = (bins[:, None] == bin_ids[None, :]).astype("float64")
        counts = in_bin.sum(axis=1)
        # Row = bin, column = feature, as in all below.
        mean = in_bin @ features / np.maximum(counts, 1)[:, None]
        squares = in_bin @ (features - mean[bin_ids]) ** 2
        total = self.counts + counts
        share = (counts / np.maximum(total, 1))[:, None]
        shift = mean - self.mean
        self.squares += squares + shift**2 * share * self.counts[:, None]
        self.mean += share * shift
        self.counts = total

    @property
    def variance(self) -> np.ndarray:
        """The unbiased one; 0 for a bin with fewer than two samples."""
        return self.squares / np.maximum(self.counts - 1, 1)[:, None]


def _check_data_set(x: Any, steps: int | None) -> None:
    if hasattr(x, "__next__"):
        raise ValueError(
            "`x` must be a data set that can be gone through again after each "
            f"epoch, not a generator. Received: x of type {type(x).__name__}"
        )
    if steps is None and is_endless(x):
        raise ValueError(
            "`x` must be a data set that comes to an end; give "
            "FeatureStatistics one without `repeat`, or `steps`. "
            f"Received: x of type {type(x).__name__}"
        )
