"""What SMOTER and SMOGN have in common, and where they part."""

import keras
import numpy as np
import pytest

from keras_groupdir.resampling import smogn
from keras_groupdir.resampling import smoter
from keras_groupdir.resampling.neighbors import nearest

BOTH = pytest.mark.parametrize("resample", [smoter, smogn])

# Rare below 10 and above 90, common between.
POINTS = [(5, 1), (15, 0), (85, 0), (95, 1)]
RNG = np.random.default_rng(0)
Y = np.concatenate(
    [RNG.uniform(0, 9, 6), RNG.uniform(11, 89, 50), RNG.uniform(91, 99, 4)]
)
ORDER = RNG.permutation(60)
Y = Y[ORDER]
# Features of very different size; the last is the same for all.
X = np.column_stack(
    [RNG.normal(size=60), 1e3 * RNG.normal(size=60), Y, np.full(60, 7.0)]
)
LOW, COMMON, HIGH = Y < 10, (Y > 10) & (Y < 90), Y > 90


def resampled(resample, x=X, y=Y, seed=0, **settings):
    return resample(x, y, seed, **{"control_points": POINTS, **settings})


@BOTH
def test_every_region_gets_its_share_of_the_samples(resample):
    x, y, kept = resampled(resample)
    # 60 samples in three regions.
    assert COMMON[kept].sum() == 20
    assert LOW[kept].sum() == 6
    assert HIGH[kept].sum() == 4
    assert len(x) == len(y) == 60
    made = y[len(kept) :]
    assert (made < 50).sum() == 20 - 6
    assert (made > 50).sum() == 20 - 4


@BOTH
def test_kept_samples_come_first_and_as_they_were(resample):
    x, y, kept = resampled(resample)
    assert kept.tolist() == sorted(set(kept.tolist()))
    np.testing.assert_array_equal(x[: len(kept)], X[kept])
    np.testing.assert_array_equal(y[: len(kept)], Y[kept])


@BOTH
def test_the_seed_decides(resample):
    first, again = resampled(resample, seed=1), resampled(resample, seed=1)
    other = resampled(resample, seed=2)
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert first.kept.tolist() != other.kept.tolist()
    assert np.any(first.x[-1] != other.x[-1])


def test_samples_are_started_from_equally_often():
    # Two rare samples, far from each other: noise shows where one began.
    x = np.append([0.0, 1e6], np.zeros(40))[:, None]
    y = np.append(np.zeros(2), np.full(40, 50.0))
    made = resampled(smogn, x, y)
    began_at_first = np.abs(made.x[len(made.kept) :, 0]) < 5e5
    assert len(began_at_first) == 21 - 2
    assert began_at_first.sum() in (9, 10)


@BOTH
def test_a_constant_feature_stays_constant(resample):
    np.testing.assert_array_equal(resampled(resample).x[:, 3], 7.0)


@BOTH
def test_rare_samples_are_never_dropped(resample):
    # Two regions of 15 at most; 25 of the 30 are rare.
    y = np.concatenate([np.linspace(0, 4, 25), np.linspace(20, 60, 5)])
    x, labels, kept = resampled(resample, y[:, None], y)
    assert kept.tolist() == list(range(30))
    assert len(x) == len(labels) == 30


@BOTH
def test_a_single_rare_sample_is_repeated(resample):
    y = np.append(np.linspace(20, 60, 9), 99.0)
    x = np.random.default_rng(0).normal(size=(10, 2))
    made = resampled(resample, x, y)
    assert made.y[len(made.kept) :].tolist() == [99.0] * 4
    np.testing.assert_array_equal(made.x[len(made.kept) :], [x[-1]] * 4)


@BOTH
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_types_and_shapes_are_kept(resample, dtype):
    x, y, _ = resampled(resample, X.astype(dtype), Y.astype(dtype)[:, None])
    assert x.dtype == y.dtype == dtype
    assert x.shape == (60, 4)
    assert y.shape == (60, 1)


@BOTH
def test_whole_numbers_become_floats(resample):
    x, y, _ = resampled(resample, X.astype("int64"), Y.astype("int64"))
    assert x.dtype == y.dtype == "float64"


@BOTH
def test_tensors_and_lists_are_taken(resample):
    expected = resampled(resample, np.float32(X), np.float32(Y))
    tensors = map(keras.ops.convert_to_tensor, (np.float32(X), np.float32(Y)))
    for one, two in zip(resampled(resample, *tensors), expected, strict=True):
        np.testing.assert_array_equal(one, two)
    lists = resampled(resample, X.tolist(), Y.tolist())
    np.testing.assert_array_equal(lists.x, resampled(resample).x)


def new_samples(result):
    start = len(result.kept)
    return zip(result.x[start:], result.y[start:], strict=True)


def neighbors_reference(rows, i, k):
    """The nearest in a region, features over their deviation in all."""
    deviation = np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    distance = {
        j: np.sqrt(np.sum(((X[i] - X[j]) / deviation) ** 2))
        for j in rows
        if j != i
    }
    return sorted(distance, key=distance.get)[:k], distance


def is_between(x, y, i, j):
    """Whether a sample lies at one share of the way for all it is made of."""
    way = X[j] - X[i]
    share = (x[2] - X[i, 2]) / way[2]
    return (
        0 <= share <= 1
        and np.allclose(x, X[i] + share * way)
        and np.isclose(y, (1 - share) * Y[i] + share * Y[j])
    )


@pytest.mark.parametrize("k", [1, 2, 5, 100])
def test_smoter_goes_to_near_neighbors_in_features_and_label(k):
    for x, y in new_samples(resampled(smoter, k=k)):
        rows = np.flatnonzero(LOW if y < 50 else HIGH)
        assert any(
            is_between(x, y, i, j)
            for i in rows
            for j in neighbors_reference(rows, i, k)[0]
        )


def test_smoter_spreads_over_the_way_and_the_neighbors():
    y = np.append(np.zeros(5), np.full(9995, 50.0))
    x = np.zeros((10000, 1))
    x[:5, 0] = [0, 1, 10, 11, 30]
    y[:5] = x[:5, 0] / 100
    made = resampled(smoter, x, y, k=1)
    ways = made.y[len(made.kept) :] * 100
    # From each of five a fifth: four ways between two pairs, one to the pair.
    assert np.mean(ways <= 1) == pytest.approx(0.4, abs=0.01)
    assert np.mean((ways >= 10) & (ways <= 11)) == pytest.approx(0.4, abs=0.02)
    share = ways[ways <= 1]
    assert share.mean() == pytest.approx(0.5, abs=0.02)
    assert share.std() == pytest.approx(12**-0.5, abs=0.02)


@BOTH
def test_equal_features_get_the_mean_label(resample):
    x = np.append(np.zeros(4), np.linspace(1, 2, 16))[:, None]
    y = np.append([0.0, 4.0, 0.0, 4.0], np.linspace(20, 60, 16))
    made = resampled(resample, x, y, k=100)
    labels = made.y[len(made.kept) :]
    assert set(labels.tolist()) <= {0.0, 2.0, 4.0}
    assert 2.0 in labels


def test_smogn_goes_to_near_neighbors_and_adds_noise_for_far_ones():
    result, kinds = resampled(smogn, k=3), set()
    for x, y in new_samples(result):
        rows = np.flatnonzero(LOW if y < 50 else HIGH)
        spread = 0.02 * np.append(X[rows].std(0, ddof=1), Y[rows].std(ddof=1))
        ways, noise = [], []
        for i in rows:
            nearest_ones, distance = neighbors_reference(rows, i, 3)
            reach = np.median(list(distance.values())) / 2
            near = [j for j in nearest_ones if distance[j] <= reach]
            ways += [is_between(x, y, i, j) for j in near]
            if len(near) < 3:
                moved = np.append(x - X[i], y - Y[i])
                noise.append(np.all(np.abs(moved) <= 5 * spread))
        assert any(ways) or any(noise)
        kinds.add(any(ways))
    assert kinds == {True, False}


@pytest.mark.parametrize("size", [1.0, 0.004])
def test_the_noise_is_a_share_of_the_deviation_or_of_the_distance(size):
    # Four rare points at one distance from each other, so none is near.
    y = np.append([1.0, 2.0, 3.0, 4.0], np.linspace(20, 60, 8000))
    x = np.zeros((8004, 4))
    x[:4] = size * np.eye(4)
    x[4:] = np.random.default_rng(0).normal(size=(8000, 4))
    made = resampled(smogn, x, y)
    start = len(made.kept)
    # Which one a new sample began at shows in its largest feature.
    began = made.x[start:].argmax(axis=1)
    distance = np.sqrt(2) * size / x.std()
    share = min(0.02, distance / 2)
    for values, rare in ((made.x[start:].T, x[:4].T), (made.y[start:], y[:4])):
        noise = values - rare[..., began]
        spread = share * rare.std(axis=-1, ddof=1)
        np.testing.assert_allclose(noise.std(axis=-1), spread, rtol=0.05)


def test_neighbors_are_nearest_first_and_never_the_point_itself():
    points = np.array([[0.0], [1.0], [1.0], [4.0]]) + 1e6
    rows, medians = nearest(points, k=2)
    assert [set(row) for row in rows.tolist()] == [
        {1, 2},
        {0, 2},
        {0, 1},
        {1, 2},
    ]
    assert rows[1, 0] == 2
    np.testing.assert_allclose(medians, [1, 1, 1, 3], atol=1e-6)


def test_many_points_have_the_same_neighbors_as_few():
    # Far from the origin, where squares have lost the digits that matter.
    points = np.random.default_rng(0).normal(size=(1100, 2)) + 1e7
    rows, medians = nearest(points, k=3)
    for i in (0, 511, 512, 1099):
        distance = np.linalg.norm(points - points[i], axis=1)
        distance[i] = np.inf
        assert rows[i].tolist() == np.argsort(distance)[:3].tolist()
        others = np.delete(distance, i)
        assert medians[i] == pytest.approx(np.median(others))


@BOTH
def test_without_outliers_it_says_why_nothing_is_rare(resample):
    y = np.linspace(0, 100, 60)
    with pytest.raises(
        ValueError, match=r"none lies outside .* from 0 to 100. Give `control"
    ):
        resample(X, y, seed=0)
    # Whiskers to 95 and 5: 17 labels a side are past half the way there.
    made = resample(X, y, seed=0, coef=0.4)
    assert len(made.kept) == 2 * 17 + 60 // 3


@BOTH
def test_the_box_plot_decides_what_is_rare(resample):
    # Median 41.5 and whisker 60: rare from about halfway on, on that side.
    y = np.append(np.linspace(20, 60, 28), [200.0, 210.0])
    made = resample(y[:, None], y, seed=0)
    is_rare = y > 50.8
    assert is_rare[made.kept].sum() == is_rare.sum() == 9
    assert (~is_rare[made.kept]).sum() == 15
    assert len(made.y) == 30


@BOTH
@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"y": np.full(60, 50.0)}, r"rare and common .* 0 of 60 labels"),
        ({"y": np.full(60, 99.0)}, r"rare and common .* 60 of 60 labels"),
        ({"y": np.full(60, np.nan)}, r"`y` must be finite"),
        ({"x": X[:7]}, r"7 rows for 60 labels"),
        ({"x": X[:, 0]}, r"`x` must be a table of numbers.*shape \(60,\)"),
        ({"x": [["a"]] * 60}, r"`x` must be a table of numbers.*type"),
        ({"x": X * [1, np.nan, 1, 1]}, r"60 rows with NaN.* index 0"),
        ({"k": 0}, r"`k` must be a whole number of at least 1"),
        ({"seed": -1}, r"`seed` must be a whole number"),
        ({"threshold": 0}, r"`threshold` must lie between 0 and 1"),
        ({"threshold": 1.1}, r"`threshold` must lie between 0 and 1"),
        ({"control_points": None, "coef": 0}, r"`coef` must be a positive"),
        ({"control_points": [(1, 2)]}, r"relevances from 0 to 1"),
    ],
)
def test_arguments_are_checked(resample, changes, match):
    with pytest.raises(ValueError, match=match):
        resampled(resample, **changes)


def test_the_threshold_decides_what_is_rare():
    # Relevance falls from 1 at 5 to 0 at 15, through a half at 10.
    y = np.append([8.0, 12.0], np.linspace(20, 60, 18))
    x = y[:, None]
    few = resampled(smoter, x, y, threshold=0.5)
    both = resampled(smoter, x, y, threshold=0.1)
    assert set(few.y[len(few.kept) :].tolist()) == {8.0}
    assert np.unique(both.y[len(both.kept) :]).size > 2
