import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir.models import estimate_label_shift

pytestmark = pytest.mark.usefixtures("eager")

GROUPS = LabelGroups.equal_width(0, 3, num_groups=3)
TRAINED = np.array([0.7, 0.2, 0.1])
USED = np.array([0.2, 0.2, 0.6])
SPREAD = 0.8
QUICK = {"batch_size": 20_000, "verbose": 0}


def knowing_model():
    """Its logits are its inputs, and its router knows the posterior."""
    inputs = keras.Input((3,))
    encoder = keras.Model(inputs, keras.layers.Identity()(inputs))
    model = GroupRegressor(encoder, GROUPS, "soft", beta=None)
    model.head.router.set_weights([np.eye(3), np.zeros(3)])
    return model


def logits_of(values):
    """Log posterior of the group under training shares, by Bayes."""
    density = -((values[:, None] - np.arange(3)) ** 2) / (2 * SPREAD**2)
    return (density + np.log(TRAINED)).astype("float32")


def drawn(shares, seed=0, size=20_000):
    rng = np.random.default_rng(seed)
    groups = rng.choice(3, size, p=shares)
    return groups, logits_of(rng.normal(groups, SPREAD))


LABELS = np.repeat([0.5, 1.5, 2.5], (1000 * TRAINED).astype(int))


def test_shares_of_another_set_are_found():
    _, x = drawn(USED)
    found = estimate_label_shift(knowing_model(), x, LABELS, **QUICK)
    np.testing.assert_allclose(found.shares, USED, atol=0.02)
    assert found.shares.sum() == pytest.approx(1)
    weights = found.shares / TRAINED
    np.testing.assert_allclose(
        found.model.head.group_weights, weights / weights.mean(), rtol=1e-4
    )
    assert found.iterations < 200


def test_a_set_like_the_training_set_is_left_as_it_is():
    _, x = drawn(TRAINED)
    found = estimate_label_shift(knowing_model(), x, LABELS, **QUICK)
    np.testing.assert_allclose(found.shares, TRAINED, atol=0.02)


def test_groups_are_told_better_with_the_shares():
    model = knowing_model()
    groups, x = drawn(USED, seed=1)
    found = estimate_label_shift(model, x, LABELS, **QUICK)
    before, after = (
        np.abs(one.predict(x, **QUICK).reshape(-1) - (groups + 0.5)).mean()
        for one in (model, found.model)
    )
    assert after < 0.9 * before


def test_a_group_that_never_comes_keeps_a_weight_above_zero():
    x = np.full((50, 3), -50.0, "float32")
    x[:, 0] = 50.0
    found = estimate_label_shift(knowing_model(), x, LABELS, **QUICK)
    assert found.shares[0] == pytest.approx(1, abs=1e-4)
    assert min(found.model.head.group_weights) > 0
    assert np.isfinite(found.model.predict(x, **QUICK)).all()


def test_the_temperature_counts_and_stays():
    _, x = drawn(USED, size=200)
    flat = knowing_model().with_routing("soft", temperature=2.0)
    found = estimate_label_shift(flat, x, LABELS, **QUICK)
    assert found.model.head.temperature == 2
    # Without a blur to undo it divides logits, which the router can do.
    halved = knowing_model()
    halved.head.router.set_weights([np.eye(3) / 2, np.zeros(3)])
    expected = estimate_label_shift(halved, x, LABELS, **QUICK)
    np.testing.assert_allclose(found.shares, expected.shares, atol=1e-4)


def test_bad_arguments_are_named():
    x = np.zeros((2, 3), "float32")
    with pytest.raises(ValueError, match="`max_iterations` must be"):
        estimate_label_shift(knowing_model(), x, LABELS, 0)
    lost = np.array([[0, 0, 0], [np.nan, 0, 0]], "float32")
    with pytest.raises(ValueError, match=r"finite outputs.*1 samples.*index 1"):
        estimate_label_shift(knowing_model(), lost, LABELS, **QUICK)
    with pytest.raises(ValueError, match="`train_labels`"):
        estimate_label_shift(knowing_model(), x, [np.nan])
