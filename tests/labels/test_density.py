import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.histogram_weights import REWEIGHTS
from keras_groupdir.labels.histogram_weights import histogram_weights
from keras_groupdir.labels.label_shots import label_shots
from keras_groupdir.labels.smoothed_density import KERNELS
from keras_groupdir.labels.smoothed_density import smoothed_density
from keras_groupdir.labels.smoothed_density import smoothing_kernel

pytestmark = pytest.mark.no_backend

COUNTS = hnp.arrays("int64", (30,), elements=st.integers(0, 1000))
ODD = st.integers(0, 5).map(lambda half: 2 * half + 1)


def test_bins_have_the_width_that_was_asked_for():
    ages, scores = (
        LabelGroups.equal_width(0, 121, width=1),
        LabelGroups.equal_width(0, 5, width=0.1),
    )
    assert (ages.num_groups, scores.num_groups) == (121, 50)
    np.testing.assert_allclose(np.diff(scores.edges), 0.1, rtol=1e-5)


def test_the_highest_score_is_in_the_last_bin():
    bins = LabelGroups.equal_width(0, 5, width=0.1)
    assert bins.assign([4.9, 5.0]).tolist() == [49, 49]


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("kernel_size", [1, 3, 5, 9])
def test_the_gaussian_window_is_that_of_the_benchmarks(kernel_size, sigma):
    # They smooth a unit impulse with scipy, which by default reflects what
    # would leave the window, and scale the result to a peak of 1.
    ndimage = pytest.importorskip("scipy.ndimage")
    impulse = np.eye(kernel_size)[kernel_size // 2]
    window = ndimage.gaussian_filter1d(impulse, sigma=sigma)
    np.testing.assert_allclose(
        smoothing_kernel("gaussian", kernel_size, sigma),
        window / window.max(),
        rtol=1e-9,
        atol=1e-12,
    )


@pytest.mark.parametrize("kernel_size", [1, 3, 5, 9])
def test_the_triangular_window_is_that_of_the_benchmarks(kernel_size):
    windows = pytest.importorskip("scipy.signal.windows")
    np.testing.assert_allclose(
        smoothing_kernel("triangular", kernel_size), windows.triang(kernel_size)
    )


def test_the_laplace_window_falls_by_a_constant_factor():
    np.testing.assert_allclose(
        smoothing_kernel("laplace", 5, sigma=2.0),
        np.exp([-1.0, -0.5, 0.0, -0.5, -1.0]),
    )


@given(kernel=st.sampled_from(KERNELS), size=ODD, sigma=st.floats(0.3, 9))
def test_windows_are_even_and_peak_at_one(kernel, size, sigma):
    window = smoothing_kernel(kernel, size, sigma)
    assert window.shape == (size,)
    assert window.max() == 1.0
    assert window.min() >= 0
    np.testing.assert_allclose(window, window[::-1])


@given(kernel=st.sampled_from(KERNELS), size=ODD, share=st.floats(0.1, 0.5))
def test_windows_wider_than_the_bell_peak_in_the_middle(kernel, size, share):
    # A bell wider than the window comes out flat, with a ripple of its cut
    # ends; so it does in the benchmarks.
    window = smoothing_kernel(kernel, size, sigma=share * size)
    assert window[size // 2] == 1.0
    assert np.all(np.diff(window[size // 2 :]) <= 1e-3)


@given(counts=COUNTS, kernel=st.sampled_from(KERNELS), size=ODD)
def test_smoothing_is_a_loop_over_the_window(counts, kernel, size):
    window, half = smoothing_kernel(kernel, size), size // 2
    expected = np.zeros(30)
    for bin_id in range(30):
        for offset in range(-half, half + 1):
            if 0 <= bin_id + offset < 30:
                expected[bin_id] += (
                    window[half + offset] * counts[bin_id + offset]
                )
    np.testing.assert_allclose(
        smoothed_density(counts, kernel, size), expected, atol=1e-9
    )


@given(counts=COUNTS, kernel=st.sampled_from(KERNELS), size=ODD)
def test_away_from_the_ends_smoothing_keeps_the_sum(counts, kernel, size):
    counts[:5] = counts[-5:] = 0
    np.testing.assert_allclose(
        smoothed_density(counts, kernel, size).sum(),
        smoothing_kernel(kernel, size).sum() * counts.sum(),
        atol=1e-6,
    )


BINS = LabelGroups.equal_width(0, 6, width=1)
TRAIN = np.array([0.5] * 40 + [1.5] * 9 + [2.5] * 4 + [4.5])


def test_weights_are_inverse_counts_with_a_mean_of_one():
    counts = np.array([40.0] * 40 + [9.0] * 9 + [4.0] * 4 + [1.0])
    weights = histogram_weights(TRAIN, BINS, reweight="inverse")
    expected = (1 / counts) / np.mean(1 / counts)
    np.testing.assert_allclose(weights, expected)


def test_square_roots_are_taken_before_the_inverse():
    counts = np.array([40.0] * 40 + [9.0] * 9 + [4.0] * 4 + [1.0])
    weights = histogram_weights(TRAIN, BINS)
    expected = counts**-0.5 / np.mean(counts**-0.5)
    np.testing.assert_allclose(weights, expected)


@pytest.mark.parametrize(
    ("reweight", "transform"),
    [
        ("inverse", lambda counts: counts),
        ("sqrt_inverse", np.sqrt),
        ("fourth_root_inverse", lambda counts: np.sqrt(np.sqrt(counts))),
    ],
)
def test_counts_are_clipped_then_transformed_then_smoothed(reweight, transform):
    counts = np.array([40.0, 9.0, 4.0, 0.0, 1.0, 0.0])
    density = smoothed_density(
        transform(np.clip(counts, 2, 20)), "triangular", 3
    )
    per_sample = density[[0] * 40 + [1] * 9 + [2] * 4 + [4]]
    weights = histogram_weights(
        TRAIN,
        BINS,
        reweight=reweight,
        clip=(2, 20),
        kernel="triangular",
        kernel_size=3,
    )
    expected = (1 / per_sample) / np.mean(1 / per_sample)
    np.testing.assert_allclose(weights, expected)


@given(
    train=hnp.arrays("float64", (20,), elements=st.floats(-1, 7)),
    held_out=hnp.arrays("float64", (9,), elements=st.floats(-1, 7)),
    reweight=st.sampled_from(REWEIGHTS),
    kernel=st.sampled_from([None, *KERNELS]),
)
def test_weights_are_finite_and_average_one_in_training(
    train, held_out, reweight, kernel
):
    weights = histogram_weights(train, BINS, reweight, kernel=kernel)
    assert weights.shape == (20,)
    assert weights.mean() == pytest.approx(1.0)
    other = histogram_weights(
        train, BINS, reweight, kernel=kernel, labels=held_out
    )
    assert other.shape == (9,)
    assert np.isfinite(other).all()
    assert other.min() > 0


def test_an_unseen_bin_weighs_like_a_bin_with_one_sample():
    weights = histogram_weights(
        TRAIN, BINS, reweight="inverse", labels=[4.5, 3.5, 5.9, 0.5]
    )
    assert weights[0] == weights[1] == weights[2] > weights[3]


def test_labels_of_both_shapes_weigh_the_same():
    np.testing.assert_array_equal(
        histogram_weights(TRAIN[:, None], BINS), histogram_weights(TRAIN, BINS)
    )


@pytest.mark.parametrize(
    ("count", "shots"),
    [
        (0, "few"),
        (19, "few"),
        (20, "median"),
        (100, "median"),
        (101, "many"),
    ],
)
def test_shots_at_the_thresholds_of_the_benchmarks(count, shots):
    bins = LabelGroups.equal_width(0, 2, width=1)
    train = [0.5] * count + [1.5]
    assert label_shots([0.5], train, bins).tolist() == [shots]


def test_shots_follow_the_thresholds_given():
    bins = LabelGroups.equal_width(0, 2, width=1)
    train = [0.5] * 29 + [1.5] * 30
    shots = label_shots([0.5, 1.5], train, bins, many_above=40, few_below=30)
    assert shots.tolist() == ["few", "median"]


def test_relative_shots_are_those_of_a_table_of_any_size():
    bins = LabelGroups.equal_width(0, 5, width=1)
    # A mean count of 5, as the empty bin does not count.
    train = np.repeat([0.5, 1.5, 2.5, 3.5], [10, 7, 2, 1])
    labels = [0.5, 2.5, 3.5, 4.5]
    for times in (1, 100):
        shots = label_shots(
            labels, np.tile(train, times), bins, relative_shots=True
        )
        assert shots.tolist() == ["many", "median", "median", "few"]
    shots = label_shots(labels, train, bins, 2.0, 0.4, relative_shots=True)
    assert shots.tolist() == ["median", "median", "few", "few"]
