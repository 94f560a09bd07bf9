import numpy as np
import pytest

from keras_groupdir.labels import group_prior_weights
from keras_groupdir.models import VanillaRegressor
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import estimate_label_shift
from keras_groupdir.scores import mean_absolute_error
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_regressor

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data()
RARE = np.full(len(Y), 7.9)


def error(model, labels):
    return mean_absolute_error(labels, model.predict(X, verbose=0))


def test_rare_labels_ask_for_all_of_it():
    model = small_regressor()
    chosen = choose_prior_correction(model, X, RARE, Y, verbose=0)
    assert chosen.tau == 1
    assert list(chosen.errors) == [0.0, 0.25, 0.5, 0.75, 1.0]
    weights = group_prior_weights(model.groups.counts(Y), 1)
    np.testing.assert_allclose(chosen.model.head.group_weights, weights)
    assert error(chosen.model, RARE) == pytest.approx(chosen.errors[1.0])
    assert error(model, RARE) == pytest.approx(chosen.errors[0.0])


@pytest.mark.parametrize("given", [None, [1e-3, 1.0, 1.0, 50.0]])
def test_nothing_is_no_weights_at_all(given):
    """Also of a model that had some: the error of 0 is without them."""
    model = small_regressor(group_weights=given)
    chosen = choose_prior_correction(model, X, Y, Y, taus=(), verbose=0)
    assert chosen.tau == 0
    assert chosen.model.head.group_weights is None
    assert error(chosen.model, Y) == pytest.approx(chosen.errors[0.0])


def test_strengths_are_several():
    model = small_regressor()
    for wrong in (0.5, [[0.5, 1.0]], [-1.0]):
        with pytest.raises(ValueError, match="`taus` must"):
            choose_prior_correction(model, X, Y, Y, wrong, verbose=0)


@pytest.mark.parametrize(
    "correct",
    [
        lambda model: choose_prior_correction(model, X, Y, Y),
        lambda model: estimate_label_shift(model, X, Y),
    ],
)
def test_a_model_without_groups_is_refused(correct):
    model = VanillaRegressor(small_encoder(), 0, 8)
    with pytest.raises(ValueError, match="`model` must be a GroupRegressor"):
        correct(model)
