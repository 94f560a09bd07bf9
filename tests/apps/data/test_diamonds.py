import numpy as np
import pytest

pytest.importorskip("plotnine")

from apps.data.diamonds import BINS
from apps.data.diamonds import MOST_PER_BIN
from apps.data.diamonds import diamonds


@pytest.fixture(scope="module")
def problem():
    return diamonds()


@pytest.fixture(scope="module")
def splits(problem):
    return problem.train, problem.val, problem.test


def test_every_distinct_diamond_is_in_one_split(splits):
    rows = np.concatenate([np.c_[x, y] for x, y in splits])
    assert len(rows) == 53940 - 146
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_prices_are_those_of_the_data_set(splits):
    prices = np.concatenate([y for _, y in splits])
    assert (prices.min(), prices.max()) == (326, 18823)


def test_held_out_sets_are_balanced_and_training_is_not(splits):
    train, val, test = (BINS.counts(y) for _, y in splits)
    assert val.max() == test.max() == MOST_PER_BIN
    np.testing.assert_array_equal(val, test)
    assert train.max() > 100 * np.median(test)


def test_the_split_stays_that_of_committed_results(problem):
    assert problem.digest == "2d3ee2a8cf75b2a0"


def test_another_seed_is_another_split(problem):
    assert diamonds(split_seed=1).digest != problem.digest
