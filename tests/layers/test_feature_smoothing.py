import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.labels.smoothed_density import smoothing_kernel
from keras_groupdir.layers import FeatureSmoothing
from tests.support.autodiff import gradient
from tests.support.contracts import LayerContract
from tests.support.numeric import groups_of
from tests.support.numeric import numeric_gradient

BINS = LabelGroups.from_edges([0.0, 1.0, 2.0, 4.0, 5.0, 6.0, 7.0])
SETTINGS = {
    "bins": BINS,
    "kernel": "triangular",
    "kernel_size": 3,
    "sigma": 1.5,
    "momentum": 0.6,
    "start_update": 1,
    "start_smooth": 2,
    "clip": (0.4, 3.0),
}


# `tensor[ALL]` is all of a tensor: the contract asks for outputs by name.
ALL = (...,)


def labels_of(size):
    return np.linspace(-1, 8, size).astype("float32")


class TestFeatureSmoothing(LayerContract):
    layer = FeatureSmoothing
    settings = SETTINGS
    trained_output = ALL
    # Five values per bin and feature, one per bin, and the epoch.
    num_weights = 5 * 6 * 3 + 6 + 1

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 3)).astype("float32")

    def outputs(self, layer, x):
        return {ALL: ops.convert_to_numpy(layer(x, labels_of(len(x))))}

    def reference(self, weights, x):
        bins = groups_of(labels_of(len(x)), BINS.edges)
        output = np.zeros(x.shape)
        for i, b in enumerate(bins):
            for f in range(x.shape[1]):
                centered = x[i, f] - weights["old_mean"][b, f]
                output[i, f] = (
                    centered * weights["scale"][b, f]
                    + weights["new_mean"][b, f]
                )
        return {ALL: output}

    def test_symbolic_shapes_are_the_real_ones(self):
        x = keras.Input((3,))
        assert self.built()(x).shape == (None, 3)
        labeled = self.built()(x, labels=keras.Input((1,)))
        assert labeled.shape == (None, 3)

    def test_gradient_is_that_of_the_reference(self):
        layer, x = self.built(), self.inputs()
        weights = self.weights(layer)
        np.testing.assert_allclose(
            gradient(lambda x: ops.sum(layer(x, labels_of(4))), x),
            numeric_gradient(
                lambda x: self.reference(weights, x)[ALL].sum(), x
            ),
            rtol=1e-3,
        )

    def test_half_precision_stays_finite(self):
        x = ops.convert_to_tensor(self.inputs())
        layer = self.built(dtype="mixed_bfloat16")
        for labels in (None, labels_of(len(x))):
            output = layer(x, labels)
            assert keras.backend.standardize_dtype(output.dtype) == "bfloat16"
            output = ops.convert_to_numpy(ops.cast(output, "float32"))
            assert np.isfinite(output).all()

    def test_training_moves_every_weight_and_the_file_keeps_them(
        self, tmp_path
    ):
        # Training moves none; `update` moves them all.
        layer = FeatureSmoothing(BINS, start_smooth=0)
        inputs = keras.Input((3,))
        model = keras.Model(inputs, layer(inputs))
        before = layer.get_weights()
        layer.update(*statistics(seed=0))
        assert not layer.trainable_weights
        for old, new in zip(before, layer.get_weights(), strict=True):
            assert np.any(old != new)
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        for kept, new in zip(
            loaded.get_weights(), layer.get_weights(), strict=True
        ):
            np.testing.assert_array_equal(kept, new)


def statistics(seed, counts=(9, 4, 0, 1, 2, 7)):
    rng = np.random.default_rng(seed)
    shape = (6, 3)
    return list(counts), rng.normal(size=shape), rng.uniform(0.1, 9, size=shape)


def made(**settings):
    layer = FeatureSmoothing(**{"bins": BINS, **settings})
    layer.build((None, 3))
    return layer


def smoothed(layer, x, labels):
    return ops.convert_to_numpy(layer(np.asarray(x, "float32"), labels))


def mirror(b, last):
    """Where a walk past an end bin comes back to."""
    if b < 0:
        return -b
    return 2 * last - b if b > last else b


def reference(x, labels, epochs, window, momentum, clip):
    """Features smoothed after some epochs, with a loop for every index."""
    num_bins, num_features = np.shape(epochs[0][1])
    half = len(window) // 2
    mean = np.full((num_bins, num_features), np.nan)
    variance = np.full((num_bins, num_features), np.nan)
    for counts, new_mean, new_variance in epochs:
        for b in range(num_bins):
            for f in range(num_features):
                if counts[b] >= 1:
                    old = mean[b, f]
                    mean[b, f] = new_mean[b][f]
                    if not np.isnan(old):
                        mean[b, f] = (
                            momentum * old + (1 - momentum) * (new_mean[b][f])
                        )
                if counts[b] >= 2:
                    old = variance[b, f]
                    variance[b, f] = new_variance[b][f]
                    if not np.isnan(old):
                        variance[b, f] = (
                            momentum * old
                            + (1 - momentum) * (new_variance[b][f])
                        )

    def around(statistic, b, f):
        total = weight = 0.0
        for offset in range(-half, half + 1):
            value = statistic[mirror(b + offset, num_bins - 1), f]
            if not np.isnan(value):
                total += window[half + offset] * value
                weight += window[half + offset]
        return total / weight

    output = np.array(x, "float64")
    for i, b in enumerate(groups_of(labels, BINS.edges)):
        for f in range(num_features):
            if np.isnan(variance[b, f]) or variance[b, f] == 0:
                continue
            ratio = around(variance, b, f) / variance[b, f]
            ratio = min(max(ratio, clip[0]), clip[1])
            output[i, f] = (x[i][f] - mean[b, f]) * np.sqrt(ratio) + around(
                mean, b, f
            )
    return output


X = np.random.default_rng(3).normal(size=(12, 3))
LABELS = np.linspace(-1, 8, 12)


@pytest.mark.parametrize("kernel", ["gaussian", "triangular", "laplace"])
@pytest.mark.parametrize("kernel_size", [1, 3, 5, 11])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_features_are_smoothed_as_by_loops(kernel, kernel_size, momentum):
    epochs = [
        statistics(0),
        # The bin with one label gets more, the empty one its first.
        statistics(1, counts=(9, 0, 1, 3, 2, 7)),
        statistics(2, counts=(1, 4, 0, 1, 0, 7)),
    ]
    layer = made(
        kernel=kernel, kernel_size=kernel_size, momentum=momentum, sigma=1.5
    )
    window = smoothing_kernel(kernel, kernel_size, sigma=1.5)
    for past in range(1, 4):
        layer.update(*epochs[past - 1])
        np.testing.assert_allclose(
            smoothed(layer, X, LABELS),
            reference(X, LABELS, epochs[:past], window, momentum, (0.1, 10)),
            rtol=1e-4,
            atol=1e-5,
        )


def test_without_labels_features_stay_as_they_are():
    layer = made()
    layer.update(*statistics(0))
    np.testing.assert_array_equal(smoothed(layer, X, None), np.float32(X))
    assert np.any(smoothed(layer, X, LABELS) != np.float32(X))


def test_the_ends_are_mirrored_without_the_end_bin_itself():
    _, mean, variance = statistics(0)
    layer = made(kernel="triangular", kernel_size=5)
    layer.update([5] * 6, mean, variance)
    window = np.array([1, 2, 3, 2, 1]) / 9
    for f in range(3):
        padded = np.pad(mean[:, f], 2, mode="reflect")
        np.testing.assert_allclose(
            ops.convert_to_numpy(layer.new_mean)[:, f],
            np.convolve(padded, window, mode="valid"),
            rtol=1e-5,
            atol=1e-6,
        )


@pytest.mark.parametrize("start_smooth", [0, 1, 3])
def test_smoothing_starts_with_the_epoch_asked_for(start_smooth):
    layer = made(start_smooth=start_smooth)
    for epoch in range(5):
        # At the start of the first epoch there is nothing to smooth with.
        is_smooth = np.any(smoothed(layer, X, LABELS) != np.float32(X))
        assert is_smooth == (epoch >= max(start_smooth, 1))
        layer.update(*statistics(0))


@pytest.mark.parametrize("start_update", [0, 2])
def test_statistics_are_taken_from_the_epoch_asked_for_on(start_update):
    layer = made(start_update=start_update, momentum=0.0)
    for epoch in range(4):
        counts, mean, variance = statistics(epoch, counts=[3] * 6)
        layer.update(counts, mean, variance)
        taken = ops.convert_to_numpy(layer.mean)
        if epoch >= start_update:
            np.testing.assert_allclose(taken, mean, rtol=1e-6)
        else:
            np.testing.assert_array_equal(taken, 0)


def test_an_empty_bin_lends_nothing_and_is_not_moved():
    counts, mean, variance = statistics(0, counts=(9, 4, 0, 3, 2, 7))
    outputs = []
    for filler in (0.0, 1e6, np.nan):
        mean[2] = variance[2] = filler
        layer = made()
        layer.update(counts, mean, variance)
        outputs.append(smoothed(layer, X, LABELS))
        empty = [b == 2 for b in groups_of(LABELS, BINS.edges)]
        np.testing.assert_array_equal(outputs[-1][empty], np.float32(X[empty]))
    np.testing.assert_array_equal(outputs[0], outputs[1])
    np.testing.assert_array_equal(outputs[0], outputs[2])


def test_a_single_label_lends_its_mean_alone_and_is_not_moved():
    counts, mean, variance = statistics(0, counts=(9, 4, 5, 1, 2, 7))
    outputs = []
    for single_mean, single_variance in ((0, 0), (0, 50), (9, 0)):
        mean[3], variance[3] = single_mean, single_variance
        layer = made()
        layer.update(counts, mean, variance)
        outputs.append(smoothed(layer, X, LABELS))
    bins = np.array(groups_of(LABELS, BINS.edges))
    single, within_reach = bins == 3, np.isin(bins, [1, 2, 4, 5])
    np.testing.assert_array_equal(outputs[0][single], np.float32(X[single]))
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert np.all(outputs[0][within_reach] != outputs[2][within_reach])


def test_a_feature_that_does_not_vary_in_a_bin_is_not_moved():
    counts, mean, variance = statistics(0)
    variance[1, 2] = 0
    layer = made()
    layer.update(counts, mean, variance)
    output = smoothed(layer, X, np.full(12, 1.5))
    np.testing.assert_array_equal(output[:, 2], np.float32(X[:, 2]))
    assert np.all(output[:, :2] != np.float32(X[:, :2]))


def test_ratios_of_variances_are_clipped():
    mean = np.zeros((6, 3))
    variance = np.ones((6, 3))
    variance[0], variance[5] = 1e-8, 1e8
    layer = made(kernel_size=3, clip=(0.64, 4.0))
    layer.update([9] * 6, mean, variance)
    scale = ops.convert_to_numpy(layer.scale)
    np.testing.assert_allclose(scale[0], 2.0, rtol=1e-6)
    np.testing.assert_allclose(scale[5], 0.8, rtol=1e-6)


def test_labels_of_both_shapes_smooth_the_same():
    layer = made()
    layer.update(*statistics(0))
    np.testing.assert_array_equal(
        smoothed(layer, X, LABELS[:, None]), smoothed(layer, X, LABELS)
    )


def test_half_precision_rounds_neither_labels_nor_statistics():
    # It knows 256 and 258, and nothing between.
    bins = LabelGroups.from_edges([0.0, 256.5, 400.0])
    layer = FeatureSmoothing(bins, kernel_size=1, dtype="mixed_bfloat16")
    layer.build((None, 1))
    layer.old_mean.assign([[0.0], [257.0]])
    for label, moved in ((256.1, 1.0), (256.9, -256.0)):
        output = layer(
            ops.ones((1, 1), "bfloat16"), np.array([label], "float32")
        )
        assert float(ops.cast(output[0, 0], "float32")) == moved


def test_statistics_of_another_shape_are_refused():
    counts, mean, variance = statistics(0)
    with pytest.raises(
        ValueError, match=r"shapes \[\(6,\), \(6, 3\), .* \[\(5,\)"
    ):
        made().update(counts[:5], mean, variance)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"bins": [0, 1]}, r"`bins` must be a LabelGroups.*Received: bins=\["),
        ({"kernel": "box"}, r"`kernel` must be one of 'gaussian'"),
        ({"kernel_size": 4}, r"`kernel_size` must be odd"),
        ({"kernel_size": 13}, r"`kernel_size` must reach less .* 6 bins"),
        ({"sigma": 0}, r"`sigma` must be a positive number"),
        ({"momentum": 1}, r"`momentum` must lie between 0 and 1"),
        ({"momentum": -0.1}, r"`momentum` must lie between 0 and 1"),
        ({"start_update": -1}, r"`start_update` must be a whole number"),
        ({"start_smooth": 0.5}, r"`start_smooth` must be a whole number"),
        ({"clip": 2.0}, r"`clip` must be the smallest and the largest"),
        ({"clip": (0, 2)}, r"`clip` must be a positive number"),
        ({"clip": (2, 1)}, r"`clip` must not fall. Received: clip=\(2, 1\)"),
    ],
)
def test_settings_are_checked(settings, match):
    with pytest.raises(ValueError, match=match):
        FeatureSmoothing(**{"bins": BINS, **settings})
