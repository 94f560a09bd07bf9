"""What calibrated intervals promise, counted over many draws."""

import json
import math
import warnings

import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.scores import ShotCalibration
from keras_groupdir.scores import calibrate_shots
from keras_groupdir.scores import evaluate_intervals
from keras_groupdir.scores.calibrate_shots import _quantile

BINS = LabelGroups.equal_width(0, 10, num_groups=10)
SHOTS = ("many", "median", "few")


def draw(rng, size):
    """Skewed labels, and intervals that know less of large ones."""
    y = np.minimum(rng.exponential(2.0, size), 9.99)
    # Pulled to where most are, with an error that grows.
    center = 0.7 * y + 0.4 + rng.normal(size=size) * (0.2 + 0.15 * y)
    width = rng.uniform(0.2, 1.0, size)
    return np.stack([center - width, center + width], axis=1), y


TRAIN = draw(np.random.default_rng(5), 700)[1]


def shot_of(labels):
    """Written out: more than 100, fewer than 20."""
    counts = np.histogram(TRAIN, np.arange(11.0))[0]
    own = counts[np.clip(np.floor(labels).astype(int), 0, 9)]
    return np.where(own > 100, "many", np.where(own < 20, "few", "median"))


def calibrated(rng, coverage=0.8, **settings):
    ends, y = draw(rng, 400)
    return calibrate_shots(ends, y, TRAIN, BINS, coverage, **settings)


def test_the_data_have_all_shots():
    assert set(shot_of(TRAIN)) == set(SHOTS)


@pytest.mark.no_backend
@pytest.mark.parametrize("scaled", [False, True])
def test_every_shot_is_covered_over_many_draws(scaled):
    coverage, draws = 0.8, 300
    rng = np.random.default_rng(11)
    kinds = ("interval", "ranges")
    held = {(kind, shot): [] for kind in kinds for shot in SHOTS}
    most = {shot: [] for shot in SHOTS}
    widths = {kind: [] for kind in kinds}
    for _ in range(draws):
        found = calibrated(rng, coverage, scaled=scaled)
        ends, y = draw(rng, 800)
        both = found.adjust(ends)[:, None], found.ranges(ends)
        for kind, ranges in zip(kinds, both, strict=True):
            lower, upper = np.moveaxis(ranges, 2, 0)
            inside = (lower <= y[:, None]) & (y[:, None] <= upper)
            for shot in SHOTS:
                own = shot_of(y) == shot
                held[kind, shot].append(inside.any(axis=1)[own].mean())
            widths[kind].append(np.nansum(upper - lower))
        for shot in SHOTS:
            most[shot].append(1 / (found.counts[shot] + 1))
    for (kind, shot), shares in held.items():
        error = np.std(shares) / math.sqrt(draws)
        excess = np.mean(shares) - coverage
        assert excess >= -3 * error, (kind, shot)
        # To ranges nothing is added for another shot's sake, and to intervals
        # nothing after the last one.
        if kind == "ranges" or shot == "median":
            assert excess <= np.mean(most[shot]) + 3 * error, (kind, shot)
    assert np.mean(widths["ranges"]) < 0.95 * np.mean(widths["interval"])


@pytest.mark.parametrize("scaled", [False, True])
def test_intervals_are_shorter_than_if_each_shot_saw_to_itself(scaled):
    rng = np.random.default_rng(12)
    ends, y = draw(rng, 400)
    found = calibrate_shots(ends, y, TRAIN, BINS, scaled=scaled)
    margins = {shot: own_margin(ends, y, shot, 0.9, scaled) for shot in SHOTS}
    assert found.own_margins == pytest.approx(margins)
    apart = ShotCalibration(**{**vars(found), "margins": margins})
    new, _ = draw(rng, 2000)
    (lower, upper), (low, high) = found.adjust(new).T, apart.adjust(new).T
    assert (low <= lower).all()
    assert (upper <= high).all()
    assert np.mean(upper - lower) < 0.97 * np.mean(high - low)
    assert found.margins["few"] == pytest.approx(margins["few"])
    assert found.margins["many"] <= margins["many"]
    assert found.margins["median"] < margins["median"]


def own_margin(ends, y, shot, coverage, scaled=False):
    """The smallest rank k with k / (n + 1) >= coverage, in whole per cents."""
    scores = sorted(
        max(low - label, label - high) / (high - low if scaled else 1)
        for (low, high), label in zip(ends, y, strict=True)
        if shot_of(np.array([label]))[0] == shot
    )
    per_cents, ranks = round(100 * coverage), range(1, len(scores) + 1)
    wanted = [k for k in ranks if 100 * k >= per_cents * (len(scores) + 1)]
    return scores[wanted[0] - 1]


def test_one_margin_for_all_labels_would_leave_out_rare_ones():
    rng = np.random.default_rng(3)
    pooled = calibrated(rng, 0.9, many_above=0, few_below=0)
    assert list(pooled.margins) == ["many"]
    ends, y = draw(rng, 4000)
    both = {
        "raw": ends,
        "pooled": pooled.adjust(ends),
        "by shot": calibrated(rng, 0.9).adjust(ends),
    }
    table = evaluate_intervals(both, y, TRAIN, BINS)
    shares = {name: row["coverage"] for name, row in table.rows.items()}
    assert shares["raw"]["all"] < shares["pooled"]["all"]
    assert shares["pooled"]["all"] == pytest.approx(0.9, abs=0.03)
    assert shares["pooled"]["few"] < 0.7
    assert shares["by shot"]["few"] > 0.85


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("bounded", [False, True])
def test_an_interval_is_the_hull_of_the_labels_that_may_be(scaled, bounded):
    rng = np.random.default_rng(2)
    ends = np.sort(rng.uniform(-3, 13, (40, 2)), axis=1)
    grid = np.linspace(-30, 40, 14_001)
    if bounded:
        grid = grid[(grid >= 0) & (grid <= 10)]
    for _ in range(5):
        found = calibrated(rng, scaled=scaled, bounded=bounded)
        margins = dict(zip(SHOTS, rng.uniform(-1, 2, 3), strict=True))
        found = ShotCalibration(**{**vars(found), "margins": margins})
        of_label = np.array([margins[shot] for shot in shot_of(grid)])
        for (low, high), (lower, upper) in zip(
            ends, found.adjust(ends), strict=True
        ):
            unit = high - low if scaled else 1
            score = np.maximum(low - grid, grid - high)
            may_be = grid[score <= of_label * unit]
            if may_be.size:
                step = grid[1] - grid[0]
                assert lower - 1e-9 <= may_be.min() <= lower + step + 1e-9
                assert upper - step - 1e-9 <= may_be.max() <= upper + 1e-9
            else:
                # Between points of the grid, or nowhere: the middle.
                assert upper - lower <= step
    # Nothing may be: intervals were far too wide, or out of the range.
    empty = {**vars(found), "margins": dict.fromkeys(SHOTS, -99.0)}
    same = ShotCalibration(**empty).adjust([[1.0, 2.0]])
    assert same.tolist() == [[1.5, 1.5]]


@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_each_margin_is_the_least_that_is_enough_with_those_before(
    scaled, bounded
):
    ends, y = draw(np.random.default_rng(4), 300)
    found = calibrate_shots(
        ends, y, TRAIN, BINS, 0.55, scaled=scaled, bounded=bounded
    )
    assert list(found.margins) == ["few", "many", "median"]
    margins = {}
    for shot, margin in found.margins.items():
        own = shot_of(y) == shot
        assert found.counts[shot] == own.sum()
        enough = -(-55 * (own.sum() + 1) // 100)

        def held(margin, own=own, shot=shot):
            given = {**margins, shot: margin}
            some = ShotCalibration(**{**vars(found), "margins": given})
            lower, upper = some.adjust(ends[own]).T
            return np.sum((lower <= y[own]) & (y[own] <= upper))

        assert held(margin + 1e-9) >= enough > held(margin - 1e-9)
        margins[shot] = margin


def test_a_shot_that_others_hold_adds_nothing():
    # Rare labels are far off, and the common ones in between for nothing.
    y = np.append(np.linspace(4, 5, 120), np.linspace(9, 10, 19))
    points = np.where(y < 8, 4.5, 4.0)
    ends = np.stack([points - 0.01, points + 0.01], axis=1)
    bins = LabelGroups.from_edges([0, 3, 8, 10])
    labels = np.concatenate([y, np.full(15, 1.0)])
    ends = np.append(ends, [[6.0, 6.02]] * 15, axis=0)
    found = calibrate_shots(ends, labels, labels, bins)
    assert found.margins["few"] > 4
    assert found.margins["many"] == -math.inf
    state = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    again = ShotCalibration.from_dict(state)
    assert again == found
    lower, upper = again.adjust(ends).T
    assert ((lower <= labels) & (labels <= upper)).mean() > 0.9


@pytest.mark.parametrize("end", [0, -1])
def test_labels_at_the_ends_of_the_range_need_no_more(end):
    y = np.linspace(0.1, 0.9, 99)
    # Some of them on the outermost edge, but for rounding.
    bins = LabelGroups.equal_width(0, 1, num_groups=2)
    y[::3] = np.nextafter(bins.edges[end], 99 if end else -99)
    ends = np.stack([y - 1, y - 1], axis=1)
    found = calibrate_shots(
        ends, y, y, bins, bounded=True, many_above=0, few_below=0
    )
    for margins in (found.margins, found.own_margins):
        assert margins["many"] == pytest.approx(1)


def test_a_rank_that_is_whole_but_for_rounding_is_not_raised():
    y = np.linspace(0.1, 0.9, 99)
    off = np.arange(99.0)
    ends = np.stack([y + off, y + off], axis=1)
    bins = LabelGroups.equal_width(0, 2, num_groups=2)
    found = calibrate_shots(ends, y, [0.5], bins, coverage=0.55)
    product = 0.55 * 100
    assert product > 55  # as floats
    assert found.margins["few"] == pytest.approx(54)


def test_sixteen_labels_hold_nine_tenths_if_interpolated():
    rng = np.random.default_rng(13)
    bins = LabelGroups.equal_width(0, 1, num_groups=2)
    held = {True: [], False: []}
    for _ in range(1000):
        y, new = rng.uniform(size=(2, 16))
        points, others = y - rng.normal(size=16), new - rng.normal(size=16)
        for interpolate in held:
            found = calibrate_shots(
                np.stack([points, points], axis=1),
                *(y, y, bins),
                interpolate=interpolate,
            )
            ranges = found.ranges(np.stack([others, others], axis=1))
            lower, upper = np.moveaxis(ranges, 2, 0)
            inside = (lower <= new[:, None]) & (new[:, None] <= upper)
            held[interpolate].append(inside.any(axis=1).mean())
    # Of 16,000: two standard errors, and what bends between two labels.
    assert np.mean(held[True]) == pytest.approx(0.9, abs=0.012)
    assert np.mean(held[False]) == pytest.approx(16 / 17, abs=0.008)


@pytest.mark.parametrize("size", [9, 10, 16, 19, 240])
def test_interpolated_margins_are_weibulls_quantile(size):
    rng = np.random.default_rng(14)
    bins = LabelGroups.equal_width(0, 1, num_groups=2)
    y, off = rng.uniform(size=size), rng.exponential(size=size)
    points = np.stack([y + off, y + off], axis=1)
    found = calibrate_shots(points, y, y, bins, interpolate=True)
    expected = np.quantile(off, 0.9, method="weibull")
    for margins in (found.margins, found.own_margins):
        assert list(margins.values()) == pytest.approx([expected])


def test_too_few_labels_are_not_interpolated():
    ends, y = draw(np.random.default_rng(15), 400)
    kept = np.append(
        np.flatnonzero(shot_of(y) != "few"),
        np.flatnonzero(shot_of(y) == "few")[:8],
    )
    with pytest.warns(UserWarning, match="8 of few-shot"):
        found = calibrate_shots(
            ends[kept], y[kept], TRAIN, BINS, interpolate=True
        )
    assert found.margins["few"] == found.own_margins["few"] == math.inf
    assert not math.isnan(found.margins["median"])


@pytest.mark.parametrize(("second", "expected"), [(-math.inf, 2.0), (1.0, 1.5)])
def test_nothing_lies_between_a_label_that_is_held_and_a_margin(
    second, expected
):
    scores = np.array([-math.inf, second, 2.0, 3.0])
    assert _quantile(scores, 0.5, interpolate=True) == expected
    held = np.full(4, -math.inf)
    assert _quantile(held, 0.5, interpolate=True) == -math.inf


def test_intervals_grow_with_the_coverage():
    ends, y = draw(np.random.default_rng(6), 400)
    new, _ = draw(np.random.default_rng(7), 100)
    before = None
    for coverage in (0.3, 0.5, 0.7, 0.8, 0.9):
        found = calibrate_shots(ends, y, TRAIN, BINS, coverage).adjust(new)
        if before is not None:
            is_left = before[:, 0] == before[:, 1]  # only a middle
            assert (found[:, 0] <= before[:, 0])[~is_left].all()
            assert (found[:, 1] >= before[:, 1])[~is_left].all()
        before = found


@pytest.mark.parametrize("unit", [1e-9, 1e9])
@pytest.mark.parametrize("scaled", [False, True])
def test_the_unit_of_labels_does_not_matter(unit, scaled):
    ends, y = draw(np.random.default_rng(8), 400)
    bins = LabelGroups.from_edges(BINS.edges * unit)
    found = calibrate_shots(ends, y, TRAIN, BINS, scaled=scaled)
    other = calibrate_shots(
        ends * unit, y * unit, TRAIN * unit, bins, scaled=scaled
    )
    assert other.counts == found.counts
    np.testing.assert_allclose(
        other.adjust(ends * unit) / unit, found.adjust(ends), rtol=1e-6
    )
    np.testing.assert_allclose(
        other.ranges(ends * unit) / unit, found.ranges(ends), rtol=1e-6
    )


@pytest.mark.parametrize("bounded", [False, True])
def test_too_few_labels_of_a_shot_are_said_and_leave_nothing_out(bounded):
    ends, y = draw(np.random.default_rng(9), 400)
    some = np.flatnonzero(shot_of(y) != "few")
    rare = np.flatnonzero(shot_of(y) == "few")[:8]
    kept = np.append(some, rare)
    with pytest.warns(UserWarning, match="0.9: 8 of few-shot"):
        found = calibrate_shots(
            ends[kept], y[kept], TRAIN, BINS, bounded=bounded
        )
    assert found.margins["few"] == found.own_margins["few"] == math.inf
    lower, upper = found.adjust(ends).T
    few = shot_of(y) == "few"
    assert (np.nanmax(found.ranges(ends), axis=(1, 2)) == upper).all()
    assert ((lower <= y) & (y <= upper))[few].all()
    assert upper == pytest.approx(10 if bounded else math.inf)
    state = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert state["margins"]["few"] is state["own_margins"]["few"] is None
    assert ShotCalibration.from_dict(state) == found
    table = evaluate_intervals(found.adjust(ends), y, TRAIN, BINS)
    assert json.dumps(table.as_dict(), allow_nan=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calibrate_shots(ends[kept], y[kept], TRAIN, BINS, coverage=0.8)


def test_points_are_intervals_and_have_no_width_to_count_in():
    _, y = draw(np.random.default_rng(10), 400)
    points = np.stack([y + 1, y + 1], axis=1)
    found = calibrate_shots(points, y, TRAIN, BINS)
    assert found.margins == pytest.approx(dict.fromkeys(SHOTS, 1.0))
    with pytest.raises(ValueError, match="`scaled` needs intervals"):
        calibrate_shots(points, y, TRAIN, BINS, scaled=True)
    scaled = calibrate_shots(
        points + np.array([-1, 1]), y, TRAIN, BINS, scaled=True
    )
    with pytest.raises(ValueError, match="`scaled` needs intervals"):
        scaled.adjust(points)


def test_coverage_and_width_are_counted_per_shot():
    ends, y = draw(np.random.default_rng(12), 500)
    table = evaluate_intervals(
        {"own": ends, "none": ends[:, :1].repeat(2, axis=1)}, y, TRAIN, BINS
    )
    assert table.own == "own"
    for shot in SHOTS:
        own = [k for k in range(500) if shot_of(y[k : k + 1])[0] == shot]
        held = sum(ends[k, 0] <= y[k] <= ends[k, 1] for k in own)
        width = sum(ends[k, 1] - ends[k, 0] for k in own)
        row = table.rows["own"]
        assert table.counts[shot] == len(own)
        assert row["coverage"][shot] == pytest.approx(held / len(own))
        assert row["mean_width"][shot] == pytest.approx(width / len(own))
    assert table.rows["none"]["coverage"]["all"] == 0
    assert "shots by count: many > 100, few < 20" in str(table)


def test_ranges_count_together():
    ranges = [
        [[0, 1], [2, 3.5]],
        [[0, 1], [np.nan, np.nan]],
        [[0, 1], [5, 6]],
    ]
    row = evaluate_intervals(ranges, [2.5, 2.5, 0.5], TRAIN, BINS).rows["model"]
    assert row["coverage"]["all"] == pytest.approx(2 / 3)
    assert row["mean_width"]["all"] == pytest.approx((2.5 + 1 + 2) / 3)


@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize("label", [0.6, 0.9])
def test_labels_on_an_edge_are_of_the_stretch_of_their_bin(label, bounded):
    """As float64 they are not what the edge is as float32."""
    bins = LabelGroups.from_edges([0.1, 0.6, 0.9])
    edges = np.float64(np.float32([0.6, 0.9]))
    assert edges[0] > 0.6
    assert edges[1] < 0.9
    train = np.append(np.full(200, 0.55), np.full(12, label))
    assert bins.counts(train).tolist() == [200, 12]
    y = np.append(np.full(30, 0.55), np.full(30, label))
    ends = np.full((60, 2), 0.55)
    found = calibrate_shots(ends, y, train, bins, bounded=bounded)
    for ranges in (found.adjust(ends)[:, None], found.ranges(ends)):
        table = evaluate_intervals(ranges, y, train, bins)
        assert table.rows["model"]["coverage"]["few"] == 1


def test_endless_intervals_are_calibrated_by_no_distance():
    ends, y = draw(np.random.default_rng(13), 400)
    found = calibrate_shots(ends, y, TRAIN, BINS)
    endless = ends + np.array([0, np.inf])
    for call in (
        found.adjust,
        found.ranges,
        lambda ends: calibrate_shots(ends, y, TRAIN, BINS),
    ):
        with pytest.raises(
            ValueError, match=r"`intervals` must be finite.*at ind"
        ):
            call(endless)
    assert evaluate_intervals(endless, y, TRAIN, BINS).counts["all"] == 400


def test_a_state_without_all_is_refused():
    ends, y = draw(np.random.default_rng(14), 400)
    state = calibrate_shots(ends, y, TRAIN, BINS).as_dict()
    del state["own_margins"]
    with pytest.raises(ValueError, match=r"`state` .* without own_margins"):
        ShotCalibration.from_dict(state)


def test_ranges_that_would_count_twice_are_refused():
    gone = [np.nan, np.nan]
    good = [[0, 1], [2, 3], gone]
    for bad in (
        [[0, 5], [4, 6], gone],
        [[2, 3], [0, 1], gone],
        [[0, 5], gone, [4, 6]],
    ):
        with pytest.raises(ValueError, match=r"from low to high.*at index 1"):
            evaluate_intervals([good, bad], [1, 2], TRAIN, BINS)
