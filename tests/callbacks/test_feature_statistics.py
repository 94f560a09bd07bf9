import itertools
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir import LabelModel
from keras_groupdir import VanillaRegressor
from keras_groupdir.callbacks import FeatureStatistics
from keras_groupdir.callbacks.feature_statistics import BinSums
from keras_groupdir.layers import FeatureSmoothing
from keras_groupdir.models import FeatureSmoothingRegressor
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_label_model

X, Y = skewed_data()
# The last bin but one is empty, and the last has a single label.
BINS = LabelGroups.from_edges([0.0, 0.5, 1.0, 2.0, 3.0, 6.0, 6.2, 8.0])


def reference(features, labels):
    """Count, mean and unbiased variance of the labels in each bin."""
    bins = BINS.assign(labels)
    counts = [int(np.sum(bins == b)) for b in range(7)]
    mean, variance = np.zeros((7, 6)), np.zeros((7, 6))
    for b, count in enumerate(counts):
        if count >= 1:
            mean[b] = features[bins == b].mean(axis=0)
        if count >= 2:
            variance[b] = features[bins == b].var(axis=0, ddof=1)
    return counts, mean, variance


@pytest.mark.parametrize("batch_size", [1, 7, 24])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_sums_over_batches_are_those_of_all_samples(batch_size, shift):
    features = shift + np.random.default_rng(0).normal(size=(24, 6))
    sums = BinSums(7, 6)
    for start in range(0, 24, batch_size):
        rows = slice(start, start + batch_size)
        sums.add(features[rows], BINS.assign(Y[rows]))
    counts, mean, variance = reference(features, Y)
    assert 0 in counts
    assert 1 in counts
    np.testing.assert_array_equal(sums.counts, counts)
    np.testing.assert_allclose(sums.mean, mean, rtol=1e-9)
    np.testing.assert_allclose(sums.variance, variance, rtol=1e-8, atol=1e-12)


class Batches(keras.utils.PyDataset):
    """Twelve samples at a time, with weights; goes on forever if asked."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        rows = slice(12 * (index % 2), 12 * (index % 2) + 12)
        return X[rows], Y[rows], np.zeros(12)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    return FeatureSmoothingRegressor(
        small_label_model(), BINS, kernel_size=3, momentum=0.0
    )


class Endless(Batches):
    num_batches = None


class Repeated(list):
    """Says of itself what a repeated tf.data.Dataset does."""

    def cardinality(self):
        return np.int64(-1)


def list_of_batches():
    return [(X[:12], Y[:12]), (X[12:], Y[12:, None])]


@pytest.mark.parametrize(
    "arguments",
    [
        (X, Y, 12),
        (X, Y[:, None], 12),
        (X, Y.tolist(), 12),
        (Batches(),),
        (list_of_batches(),),
    ],
    ids=["arrays", "column", "list", "PyDataset", "batches"],
)
def test_the_layer_gets_the_statistics_of_plain_features(model, arguments):
    callback = FeatureStatistics(*arguments)
    callback.set_model(model)
    callback.on_train_begin()
    # Twice: smoothing of the first epoch must not show in the second.
    for epoch in range(2):
        callback.on_epoch_end(epoch)
    features = model.encoder.predict(X, batch_size=12, verbose=0)
    counts, mean, variance = reference(features, Y)
    state = {
        name: keras.ops.convert_to_numpy(getattr(model.smoothing, name))
        for name in ("most_seen", "mean", "variance")
    }
    np.testing.assert_array_equal(state["most_seen"], counts)
    np.testing.assert_allclose(state["mean"], mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        state["variance"], variance, rtol=1e-4, atol=1e-6
    )


def test_replicas_that_all_predict_the_batch_count_once():
    # Under MirroredStrategy, predict_on_batch returns it once per replica.
    smoothing = FeatureSmoothing(BINS)
    smoothing.build((None, 4))
    encoder = SimpleNamespace(predict_on_batch=lambda x: np.tile(x, (2, 1)))
    callback = FeatureStatistics(X, Y, batch_size=7)
    callback.set_model(SimpleNamespace(encoder=encoder, smoothing=smoothing))
    callback.on_epoch_end(0)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(smoothing.mean)[0],
        X[BINS.assign(Y) == 0].mean(axis=0),
        rtol=1e-5,
    )


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((X,), r"`y` must be given, unless `x` is a data set"),
        ((None,), r"`y` must be given, unless"),
        ((iter([(X, Y)]),), r"`x` must be a data set .* not a generator"),
        ((Endless(),), r"`x` must be a data set that comes to an end"),
        ((Repeated(),), r"`x` must be a data set that comes to an end"),
        ((X, Y[:20]), r"`y` must hold one .*20 numbers for \[24\] samples"),
        (({"a": X, "b": X[:3]}, Y), r"24 numbers for \[3, 24\] samples"),
        ((X, np.full(24, np.nan)), r"`y` must be finite"),
        ((X, Y, 0), r"`batch_size` must be a whole number of at least 1"),
    ],
)
def test_data_is_checked_before_training(arguments, match):
    with pytest.raises(ValueError, match=match):
        FeatureStatistics(*arguments)


def test_a_model_without_smoothing_is_refused():
    inputs = keras.Input((4,))
    plain = LabelModel(inputs, {"prediction": keras.layers.Dense(1)(inputs)})
    callback = FeatureStatistics(X, Y)
    callback.set_model(plain)
    with pytest.raises(ValueError, match=r"needs a model with .* LabelModel"):
        callback.on_train_begin()


def test_of_what_does_not_end_as_many_batches_are_taken_as_are_trained_on():
    tf = pytest.importorskip("tensorflow")
    vanilla = VanillaRegressor(small_encoder(), 0, 8)
    bins = LabelGroups.equal_width(0, 8, num_groups=8)
    model = FeatureSmoothingRegressor(vanilla, bins)
    model.compile("sgd")
    x, y = skewed_data()
    # Of a generator nobody knows the length.
    data = tf.data.Dataset.from_generator(
        lambda: itertools.cycle(zip(x, y, strict=True)),
        output_signature=(tf.TensorSpec((4,)), tf.TensorSpec(())),
    ).batch(8)
    model.fit(data, steps_per_epoch=3, verbose=0)
    assert float(model.smoothing.epoch) == 1
