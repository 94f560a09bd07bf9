import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from keras_groupdir.labels import soft_labels
from keras_groupdir.labels.soft_labels import soft_label_table
from keras_groupdir.labels.soft_labels import unblur_table
from tests.support.numeric import soft_label

BETAS = st.floats(0.01, 20)


def rows_of(beta, num_groups=7):
    """The soft label of each group, a row each."""
    ids = np.arange(num_groups, dtype="int32")
    return ops.convert_to_numpy(soft_labels(ids, num_groups, beta))


@pytest.mark.parametrize("num_groups", [2, 3, 10])
@pytest.mark.parametrize("beta", [0.1, 1.0, 4.0])
def test_rows_are_the_papers_softmax(num_groups, beta):
    expected = [soft_label(g, num_groups, beta) for g in range(num_groups)]
    np.testing.assert_allclose(rows_of(beta, num_groups), expected, rtol=1e-5)


@given(beta=BETAS)
def test_rows_sum_to_one(beta):
    np.testing.assert_allclose(rows_of(beta).sum(axis=1), 1, rtol=1e-6)


@given(beta=BETAS)
def test_rows_peak_at_the_true_group_and_fall_away_from_it(beta):
    for group, row in enumerate(rows_of(beta)):
        assert np.argmax(row) == group
        assert np.all(np.diff(row[: group + 1]) >= 0)
        assert np.all(np.diff(row[group:]) <= 0)


@given(beta=BETAS)
def test_rows_are_even_on_both_sides_and_mirror_when_groups_do(beta):
    rows = rows_of(beta)
    np.testing.assert_allclose(rows[::-1, ::-1], rows, rtol=1e-6)
    for distance in (1, 2, 3):
        assert rows[3, 3 - distance] == pytest.approx(rows[3, 3 + distance])


@given(beta=st.floats(0.01, 5))
def test_neighbours_differ_by_the_factor_of_beta(beta):
    rows = rows_of(beta)
    np.testing.assert_allclose(
        rows[0, 1:] / rows[0, :-1], np.exp(-beta), rtol=1e-4
    )


def test_a_large_beta_gives_one_hot_labels():
    np.testing.assert_allclose(rows_of(1000.0), np.eye(7), atol=1e-12)


def test_each_sample_gets_the_row_of_its_group():
    rows = rows_of(0.8, num_groups=4)
    picked = ops.convert_to_numpy(soft_labels([2.0, 0.0, 2.0], 4, 0.8))
    np.testing.assert_array_equal(picked, rows[[2, 0, 2]])


@given(beta=st.floats(0.05, 20), num_groups=st.integers(2, 40))
def test_the_closed_form_is_the_inverse_of_the_soft_labels(beta, num_groups):
    table = np.array(
        [soft_label(g, num_groups, beta) for g in range(num_groups)]
    )
    np.testing.assert_allclose(
        soft_label_table(num_groups, beta), table, rtol=1e-9
    )
    inverse = np.linalg.inv(table)
    np.testing.assert_allclose(
        unblur_table(num_groups, beta),
        inverse,
        rtol=1e-6,
        atol=1e-9 * np.abs(inverse).max(),
    )


@given(beta=st.floats(0.05, 20), num_groups=st.integers(2, 40))
def test_rows_of_the_inverse_sum_to_one(beta, num_groups):
    inverse = unblur_table(num_groups, beta)
    np.testing.assert_allclose(inverse.sum(axis=1), 1, rtol=1e-6)
