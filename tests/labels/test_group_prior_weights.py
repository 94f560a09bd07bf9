import numpy as np
import pytest

from keras_groupdir.labels import group_prior_weights

pytestmark = pytest.mark.no_backend


def test_weights_undo_a_power_of_the_counts():
    weights = group_prior_weights([100, 25, 4], tau=0.5)
    np.testing.assert_allclose(weights / weights[0], [1, 2, 5])
    assert weights.mean() == pytest.approx(1)


def test_an_empty_group_counts_as_one_sample():
    np.testing.assert_allclose(
        group_prior_weights([9, 0], tau=1.0),
        group_prior_weights([9, 1], tau=1.0),
    )


def test_without_strength_all_weigh_the_same():
    np.testing.assert_array_equal(group_prior_weights([7, 0, 900], tau=0), 1)
