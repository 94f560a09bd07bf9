import json
import math

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir import LabelGroups
from tests.support.numeric import groups_of

LABELS = hnp.arrays("float32", (16,), elements=st.floats(-99, 99, width=32))


@given(labels=LABELS)
def test_every_label_gets_the_group_of_a_loop_over_the_edges(labels):
    groups = LabelGroups.from_edges([-20.0, -3.5, 0.0, 0.1, 7.0, 60.0])
    expected = groups_of(labels, [-20.0, -3.5, 0.0, 0.1, 7.0, 60.0])
    assert groups.assign(labels).tolist() == expected


@given(labels=LABELS)
def test_numpy_and_the_backend_agree_on_the_group(labels):
    groups = LabelGroups.equal_width(-30, 30, num_groups=7)
    in_the_step = ops.convert_to_numpy(groups.assign_tensor(labels))
    assert in_the_step.dtype == groups.assign(labels).dtype == "int32"
    np.testing.assert_array_equal(in_the_step, groups.assign(labels))


@given(
    low=st.floats(-100, 100),
    width=st.floats(1, 1000),
    num_groups=st.integers(2, 50),
)
def test_equal_width_is_the_clipped_floor_of_the_method(low, width, num_groups):
    groups = LabelGroups.equal_width(low, low + width, num_groups)
    # The middle of each group, and one label beyond either end.
    step = width / num_groups
    labels = [low + (g + 0.5) * step for g in range(-1, num_groups + 1)]
    expected = [
        min(max(math.floor((y - low) / step), 0), num_groups - 1)
        for y in labels
    ]
    assert groups.assign(labels).tolist() == expected


def test_an_edge_belongs_to_the_group_above_and_the_last_to_the_last():
    groups = LabelGroups.equal_width(0, 5, num_groups=10)
    expected = [*range(10), 9]
    assert groups.assign(groups.edges).tolist() == expected
    on_the_backend = groups.assign_tensor(groups.edges.astype("float32"))
    assert ops.convert_to_numpy(on_the_backend).tolist() == expected


def test_a_float64_label_on_a_rounded_edge_is_in_one_group_everywhere():
    # A tenth of the range cannot be written in float32.
    groups = LabelGroups.equal_width(0, 1, num_groups=10)
    labels = np.arange(11) / 10
    tensor = groups.assign_tensor(labels.astype("float32"))
    assert groups.assign(labels).tolist() == [*range(10), 9]
    assert ops.convert_to_numpy(tensor).tolist() == [*range(10), 9]


def test_labels_outside_belong_to_the_group_at_that_end():
    groups = LabelGroups.from_edges([0, 1, 2, 3])
    assert groups.assign([-1e9, -0.1, 3.0, 1e9]).tolist() == [0, 0, 2, 2]


def test_labels_outside_are_counted():
    groups = LabelGroups.from_edges([0, 1, 2])
    assert groups.count_outside([-1.0, 0.0, 1.0, 2.0, 2.5, 3.0]) == 3


def test_labels_of_both_shapes_have_the_same_groups():
    groups = LabelGroups.from_edges([0, 1, 2])
    flat, column = [0.5, 1.5, 2.0], [[0.5], [1.5], [2.0]]
    assert groups.assign(column).tolist() == groups.assign(flat).tolist()
    tensor = ops.convert_to_numpy(groups.assign_tensor(column))
    assert tensor.tolist() == [0, 1, 1]


@given(labels=LABELS)
def test_counts_add_up_to_the_labels(labels):
    groups = LabelGroups.equal_width(-30, 30, num_groups=6)
    counts = groups.counts(labels)
    assert counts.shape == (6,)
    assert counts.sum() == len(labels)
    assert counts.tolist() == [
        groups_of(labels, groups.edges).count(g) for g in range(6)
    ]


def test_the_ends_the_span_and_the_centers_are_in_label_units():
    groups = LabelGroups.from_edges([-1.0, 0.0, 4.0])
    assert (groups.low, groups.high, groups.span) == (-1.0, 4.0, 5.0)
    assert groups.centers.tolist() == [-0.5, 2.0]
    assert groups.num_groups == 2


def test_groups_of_one_width_say_so_when_they_are_shown():
    of_one_width = LabelGroups.equal_width(0, 5, width=0.1)
    shown = "LabelGroups(50 groups of width 0.1 over [0, 5])"
    assert repr(of_one_width) == shown
    of_two = LabelGroups.from_edges([-1.0, 0.0, 4.0])
    assert repr(of_two) == "LabelGroups(2 groups over [-1, 4])"


@given(
    labels=hnp.arrays(
        "float32", (40,), elements=st.floats(0, 1, width=32), unique=True
    ),
    num_groups=st.integers(2, 8),
)
def test_quantile_groups_of_distinct_labels_hold_about_as_many(
    labels, num_groups
):
    groups = LabelGroups.quantile(1000 * labels, num_groups)
    counts = groups.counts(1000 * labels)
    assert counts.max() - counts.min() <= 2
    assert groups.count_outside(1000 * labels) == 0


def test_a_very_common_label_merges_quantile_groups_with_a_warning():
    labels = [1.0] * 90 + list(range(2, 12))
    with pytest.warns(UserWarning, match=r"of the 10 asked for"):
        groups = LabelGroups.quantile(labels, num_groups=10)
    assert 2 <= groups.num_groups < 10
    assert np.all(np.diff(groups.edges) > 0)


def test_groups_come_back_from_json():
    groups = LabelGroups.equal_width(0, 0.3, num_groups=3)
    config = json.loads(json.dumps(groups.get_config()))
    assert LabelGroups.from_config(config) == groups
    stored = json.dumps(keras.saving.serialize_keras_object(groups))
    revived = keras.saving.deserialize_keras_object(json.loads(stored))
    assert isinstance(revived, LabelGroups)
    assert revived == groups
    assert hash(revived) == hash(groups)


def test_groups_are_equal_when_their_edges_are():
    assert LabelGroups.equal_width(0, 4, 2) == LabelGroups.from_edges([0, 2, 4])
    assert LabelGroups.equal_width(0, 4, 2) != LabelGroups.equal_width(0, 4, 4)
    assert LabelGroups.equal_width(0, 4, 2) != [0, 2, 4]


CHOSEN = pytest.mark.parametrize("choose", ["from_labels", "histogram"])
MANY = hnp.arrays(
    "float64",
    (30,),
    elements=st.floats(-1e4, 1e4, width=32),
).filter(lambda labels: np.ptp(labels) > 1e-2)


@CHOSEN
@given(labels=MANY, places=st.integers(0, 3))
def test_the_range_of_the_labels_is_rounded_outward(choose, labels, places):
    labels = labels / 10**places
    groups = getattr(LabelGroups, choose)(labels)
    low, high = labels.min(), labels.max()
    slack = 1e-6 * np.abs(labels).max()  # edges are rounded to float32
    # By less than a hundredth of it, or one whole number, at each end.
    most = (
        max(1e-2 * (high - low), 1) if is_whole(labels) else 1e-2 * (high - low)
    )
    assert low - most - slack <= groups.low <= low + slack
    assert high - slack <= groups.high <= high + most + slack
    np.testing.assert_allclose(
        np.diff(groups.edges), groups.span / groups.num_groups, atol=slack
    )


def is_whole(labels):
    return bool(np.all(labels == np.round(labels)))


def test_the_edges_of_chosen_groups_are_round():
    labels = [0.1342, 2.5, 4.9551]
    groups = LabelGroups.from_labels(labels, num_groups=5)
    assert (groups.num_groups, groups.low) == (5, pytest.approx(0.13))
    assert groups.high == pytest.approx(4.96)
    prices = LabelGroups.from_labels([326, 18_823, 5_000.5])
    assert (prices.num_groups, prices.low, prices.high) == (10, 300, 18_900)


@given(
    labels=hnp.arrays("int64", (20,), elements=st.integers(-100, 100)).filter(
        lambda labels: np.ptp(labels) > 0
    )
)
def test_every_whole_number_has_a_bin_of_its_own(labels):
    bins = LabelGroups.histogram(labels)
    numbers = np.arange(labels.min(), labels.max() + 1)
    assert bins.num_groups == len(numbers)
    assert bins.assign(numbers).tolist() == list(range(len(numbers)))
    assert bins.low == labels.min()
    coarse = LabelGroups.from_labels(labels, num_groups=2)
    assert (coarse.low, coarse.high) == (bins.low, bins.high)


@pytest.mark.parametrize(
    "labels",
    [[0.5, 1.0, 2.0], [0, 201], [0.0, 7000.0, 1.0]],
    ids=["no whole numbers", "too many for a bin each", "far too many"],
)
def test_other_labels_get_fifty_bins(labels):
    assert LabelGroups.histogram(labels).num_groups == 50


@pytest.mark.parametrize("labels", [[0.5, 1.0, 2.0], [3, 4, 5]])
def test_the_number_of_bins_can_be_chosen(labels):
    bins = LabelGroups.histogram(labels, num_bins=7)
    assert bins.num_groups == 7
    assert bins.counts(labels).sum() == 3


def test_labels_of_both_shapes_choose_the_same_groups():
    labels = np.array([1.5, 2.0, 7.25])
    for choose in (LabelGroups.from_labels, LabelGroups.histogram):
        assert choose(labels) == choose(labels[:, None])
        assert choose(labels) == choose(labels.tolist())


@CHOSEN
@pytest.mark.parametrize(
    ("labels", "match"),
    [
        ([3.0] * 8, r"`labels` must have different values. Received: 3"),
        ([1.0, np.nan], r"`labels` must be finite"),
        ([], r"`labels` must not be empty"),
        ([1e8, 1e8 + 3], r"`labels` must differ by more .* from 100000000"),
    ],
)
def test_labels_that_span_no_range_are_refused(choose, labels, match):
    with pytest.raises(ValueError, match=match):
        getattr(LabelGroups, choose)(labels)
