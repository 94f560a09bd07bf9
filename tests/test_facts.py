"""What is known of the benchmarks, counted again in their files.

The files are not part of the library and may be absent; nothing else in the
suite needs them.
"""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.labels.histogram_weights import histogram_weights
from keras_groupdir.labels.label_shots import label_shots

pytestmark = pytest.mark.no_backend

DATA = Path(__file__).parents[2] / "shared" / "data"

# The list that the STS-B-DIR benchmark was published with, of 50 bins of 0.1.
STS_B_MANY = [0, *range(10, 49, 2), 49]
STS_B_MEDIAN = [2, 4, 6, 8, 27, 35, 37]


def needs(*parts):
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not beside the repository.")
    return path


def sts_b_scores(split):
    path = needs("sts_b_dir", f"{split}_new.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return np.array([float(row[9]) for row in rows[1:]])


def ages(split):
    with needs("agedb_dir", "agedb.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([float(r["age"]) for r in rows if r["split"] == split])


def sizes(shots):
    counts = Counter(shots.tolist())
    return [counts[name] for name in ("many", "median", "few")]


STS_B_BINS = LabelGroups.equal_width(0, 5, width=0.1)
AGE_BINS = LabelGroups.equal_width(0, 121, width=1)


@pytest.mark.parametrize(
    ("split", "size"), [("train", 5249), ("dev", 1000), ("test", 1000)]
)
def test_sts_b_dir_has_its_sizes_and_range(split, size):
    scores = sts_b_scores(split)
    assert len(scores) == size
    assert scores.min() >= 0
    assert scores.max() <= 5
    if split == "train":
        assert len(np.unique(scores)) == 132


def test_sts_b_dir_has_its_shots_by_the_thresholds():
    shots = label_shots(
        sts_b_scores("test"), sts_b_scores("train"), STS_B_BINS, few_below=30
    )
    assert sizes(shots) == [756, 170, 74]


def test_the_thresholds_reproduce_the_published_list_of_bins():
    train = sts_b_scores("train")
    middles = STS_B_BINS.centers
    for few_below in (28, 30, 35):
        shots = label_shots(middles, train, STS_B_BINS, few_below=few_below)
        assert np.flatnonzero(shots == "many").tolist() == STS_B_MANY
        assert np.flatnonzero(shots == "median").tolist() == STS_B_MEDIAN
        assert np.sum(shots == "few") == 21
    default = label_shots(middles, train, STS_B_BINS)
    assert np.sum(default == "few") < 21


def test_sts_b_dir_counts_are_those_read_in_the_benchmark():
    counts = STS_B_BINS.counts(sts_b_scores("train"))
    many, median = counts[STS_B_MANY], counts[STS_B_MEDIAN]
    few = np.delete(counts, [*STS_B_MANY, *STS_B_MEDIAN])
    assert (many.min(), many.max()) == (111, 428)
    assert (median.min(), median.max()) == (35, 98)
    assert (few.min(), few.max()) == (1, 27)
    picked = {15: 22, 25: 27, 33: 22, 45: 20, 47: 25}
    assert {b: int(counts[b]) for b in picked} == picked


def test_no_sts_b_dir_test_bin_is_empty_in_training():
    counts = STS_B_BINS.counts(sts_b_scores("train"))
    assert counts[STS_B_BINS.assign(sts_b_scores("test"))].min() > 0


@pytest.mark.parametrize(
    ("split", "size", "low", "high", "distinct"),
    [
        ("train", 12_208, 1, 101, 100),
        ("val", 2_140, 3, 95, 92),
        ("test", 2_140, 3, 95, 92),
    ],
)
def test_agedb_dir_has_its_sizes_and_ages(split, size, low, high, distinct):
    labels = ages(split)
    assert len(labels) == size
    assert (labels.min(), labels.max()) == (low, high)
    assert len(np.unique(labels)) == distinct


def test_agedb_dir_has_its_shots():
    test = ages("test")
    shots = label_shots(test, ages("train"), AGE_BINS)
    assert sizes(shots) == [1530, 448, 162]
    labels = {
        name: np.unique(test[shots == name]).astype(int).tolist()
        for name in ("many", "median", "few")
    }
    assert labels == {
        "many": [*range(20, 69), 70, 72],
        "median": [17, 18, 19, 69, 71, *range(73, 83), 85],
        "few": [3, *range(5, 17), 83, 84, *range(86, 96)],
    }


def test_an_age_with_exactly_twenty_samples_is_median():
    train = ages("train")
    assert np.sum(train == 85) == 20
    assert label_shots([85.0], train, AGE_BINS).tolist() == ["median"]


def test_the_weights_of_agedb_dir_average_one_and_favour_the_rare():
    train = ages("train")
    weights = histogram_weights(train, AGE_BINS, kernel="gaussian")
    assert weights.mean() == pytest.approx(1.0)
    assert weights[train == 90].mean() > 2 * weights[train == 35].mean()


def test_ten_groups_of_sts_b_dir_all_have_data():
    groups = LabelGroups.equal_width(0, 5, num_groups=10)
    assert groups.counts(sts_b_scores("train")).min() > 0
    assert groups.count_outside(sts_b_scores("train")) == 0


def test_glove_has_its_words():
    words = needs("glove6b", "words.txt").read_text("utf-8").split("\n")
    vectors = np.load(needs("glove6b", "glove6b_subset.npz"))
    assert len([word for word in words if word]) == 43_551
    assert np.sum(~vectors["vec100_is_exact"]) == 2_842


def test_utkface_has_its_sizes_and_nearly_balanced_held_out_sets():
    data = np.load(needs("utkface_dir", "utkface_96px.npz"))
    split, age = data["split"], data["age"]
    assert Counter(split.tolist()) == {
        "train": 19_347,
        "val": 1_255,
        "test": 1_255,
    }
    assert (age.min(), age.max()) == (1, 116)
    assert len(data["offsets"]) == len(age) + 1
    for held_out in ("val", "test"):
        assert max(Counter(age[split == held_out].tolist()).values()) == 15


@pytest.mark.parametrize(
    "name", ["abalone", "cpu_small", "bank8FM", "delta_ailerons"]
)
def test_tabular_sets_have_three_splits_of_numbers(name):
    widths = set()
    for split in ("train", "val", "test"):
        path = needs("tabular", f"{name}_{split}.csv")
        table = np.loadtxt(path, delimiter=",", skiprows=1)
        assert np.isfinite(table).all()
        widths.add(table.shape[1])
        if split == "train":
            assert 2_506 <= len(table) <= 4_915
    assert len(widths) == 1
