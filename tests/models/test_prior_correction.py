import numpy as np
import pytest

from keras_groupdir.labels import group_prior_weights
from keras_groupdir.models import VanillaRegressor
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import estimate_label_shift
from keras_groupdir.models import fit_group_weights
from keras_groupdir.scores import mean_absolute_error
from keras_groupdir.scores import mean_squared_error
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_regressor

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data()
RARE = np.full(len(Y), 7.9)


def error(model, labels):
    return mean_absolute_error(labels, model.predict(X, verbose=0))


@pytest.mark.one_backend
def test_rare_labels_ask_for_all_of_it():
    model = small_regressor()
    chosen = choose_prior_correction(
        model, X, RARE, Y, temperatures=(), verbose=0
    )
    assert (chosen.tau, chosen.temperature) == (1, 1)
    taus = [0.0, 0.25, 0.5, 0.75, 1.0]
    assert list(chosen.errors) == [(tau, 1.0) for tau in taus]
    weights = group_prior_weights(model.groups.counts(Y), 1)
    np.testing.assert_allclose(chosen.model.head.group_weights, weights)
    assert error(chosen.model, RARE) == pytest.approx(chosen.errors[1.0, 1.0])
    assert error(model, RARE) == pytest.approx(chosen.errors[0.0, 1.0])


def test_each_strength_has_each_temperature():
    model = small_regressor()
    chosen = choose_prior_correction(
        model, X, RARE, Y, (0.5,), (3.0, 1.0), verbose=0
    )
    weights = group_prior_weights(model.groups.counts(Y), 0.5)
    expected = {
        (tau, temperature): error(
            model.with_routing("mixture", given, temperature), RARE
        )
        for temperature in (1.0, 3.0)
        for tau, given in ((0.0, None), (0.5, weights))
    }
    assert list(chosen.errors) == list(expected)
    for key, value in expected.items():
        assert chosen.errors[key] == pytest.approx(value, rel=1e-5)
    best = min(expected, key=expected.__getitem__)
    assert (chosen.tau, chosen.temperature) == best == (0.5, 3.0)
    assert chosen.model.head.temperature == 3.0
    assert error(chosen.model, RARE) == pytest.approx(expected[best], rel=1e-5)


def test_it_goes_by_the_error_that_the_model_minimizes():
    model = small_regressor(error="squared")
    chosen = choose_prior_correction(model, X, Y, Y, verbose=0)
    mse = mean_squared_error(Y, model.predict(X, verbose=0))
    assert chosen.errors[0.0, 1.0] == pytest.approx(mse)
    assert chosen.errors[0.0, 1.0] != pytest.approx(error(model, Y))


@pytest.mark.one_backend
def test_what_is_better_by_chance_is_not_chosen():
    model = small_regressor()
    best = choose_prior_correction(model, X, RARE, Y, verbose=0)
    before, after = (
        one.predict(X, verbose=0).reshape(-1) for one in (model, best.model)
    )
    # Of each sample twice, once where the correction leads and once where the
    # model was, a twentieth of the way on: so much is the gain, and its
    # standard error is a tenth.
    on = 0.05 * (after - before)
    x, y = np.concatenate([X, X]), np.concatenate([after + on, before + on])
    tried = {"taus": (best.tau,), "temperatures": (best.temperature,)}
    chosen = choose_prior_correction(model, x, y, Y, verbose=0, **tried)
    key = best.tau, best.temperature
    assert chosen.errors[key] < chosen.errors[0.0, 1.0]
    assert (chosen.tau, chosen.temperature) == (0, 1)
    # The same gain on a hundred times as many is a reason.
    chosen = choose_prior_correction(
        model, np.tile(x, (100, 1)), np.tile(y, 100), Y, verbose=0, **tried
    )
    assert (chosen.tau, chosen.temperature) != (0, 1)


def test_a_single_sample_is_no_reason():
    model = small_regressor()
    chosen = choose_prior_correction(model, X[:1], RARE[:1], Y, verbose=0)
    assert (chosen.tau, chosen.temperature) == (0, 1)


@pytest.mark.parametrize(
    "given",
    [{}, {"group_weights": [1e-3, 1.0, 1.0, 50.0]}, {"temperature": 4.0}],
)
def test_nothing_is_no_correction_at_all(given):
    """Also of a model that had one: the error of nothing is without it."""
    model = small_regressor(**given)
    chosen = choose_prior_correction(
        model, X, Y, Y, taus=(), temperatures=(), verbose=0
    )
    assert (chosen.tau, chosen.temperature) == (0, 1)
    assert chosen.model.head.group_weights is None
    assert chosen.model.head.temperature == 1
    assert (chosen.model is model) == (given == {})
    assert error(chosen.model, Y) == pytest.approx(chosen.errors[0.0, 1.0])


def test_strengths_are_several():
    model = small_regressor()
    for wrong in (0.5, [[0.5, 1.0]], [-1.0]):
        with pytest.raises(ValueError, match="`taus` must"):
            choose_prior_correction(model, X, Y, Y, wrong, verbose=0)
    for wrong in (2.0, [0.0, 1.0], [-1.0]):
        with pytest.raises(ValueError, match="`temperatures` must"):
            choose_prior_correction(
                model, X, Y, Y, temperatures=wrong, verbose=0
            )


@pytest.mark.parametrize(
    "correct",
    [
        lambda model: choose_prior_correction(model, X, Y, Y),
        lambda model: fit_group_weights(model, X, Y),
        lambda model: estimate_label_shift(model, X, Y),
    ],
)
def test_a_model_without_groups_is_refused(correct):
    model = VanillaRegressor(small_encoder(), 0, 8)
    with pytest.raises(ValueError, match="`model` must be a GroupRegressor"):
        correct(model)
