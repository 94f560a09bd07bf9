"""Group weights that held-out samples ask for."""

import json

import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir.layers import routing_weights
from keras_groupdir.models import fit_group_weights
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_regressor

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data(48)


def off(model, labels):
    return np.abs(model.predict(X, verbose=0).reshape(-1) - labels)


def labels_of_others(model, weights, routing="mixture"):
    """What the model would predict with other weights of its groups."""
    other = model.with_routing(routing, weights)
    return other.predict(X, verbose=0).reshape(-1)


@pytest.mark.one_backend
def test_weights_that_made_the_labels_are_found_again():
    model = small_regressor()
    weights = np.array([0.4, 0.8, 1.6, 1.2])
    labels = labels_of_others(model, weights)
    found = fit_group_weights(model, X, labels, penalty=0.0, verbose=0)
    assert found.error < 0.05 * found.error_before
    np.testing.assert_allclose(found.group_weights, weights, rtol=0.25)
    np.testing.assert_allclose(
        found.model.head.group_weights, found.group_weights
    )


@pytest.mark.parametrize("error", ["absolute", "squared"])
@pytest.mark.parametrize("routing", ["hard", "soft", "mixture"])
def test_errors_are_those_of_the_models(error, routing):
    model = small_regressor(error=error, routing=routing)
    rare = np.full(len(Y), 7.9)
    found = fit_group_weights(model, X, rare, verbose=0)
    power = 2 if error == "squared" else 1
    before = (off(model, rare) ** power).mean()
    after = (off(found.model, rare) ** power).mean()
    assert found.error_before == pytest.approx(before, rel=1e-4)
    assert found.error == pytest.approx(after, rel=1e-4)
    assert found.error < found.error_before
    assert found.model.head.routing == routing


@pytest.mark.one_backend
def test_the_objective_is_at_a_minimum_that_no_step_betters():
    model = small_regressor()
    found = fit_group_weights(model, X, Y, penalty=0.5, verbose=0)
    outputs = model.predict_outputs(X, verbose=0)
    shares = np.asarray(routing_weights(outputs["group_logits"]))
    values = outputs["expert_values"].reshape(shares.shape)

    def objective(logs):
        weighed = shares * np.exp(logs)
        routed = (weighed * values).sum(axis=1) / weighed.sum(axis=1)
        error = np.abs(routed - Y).mean() / np.abs(Y - np.median(Y)).mean()
        return error + 0.5 * (logs**2).sum() / len(Y)

    logs = np.log(found.group_weights)
    # The unit of weights is free in predictions, and the penalty sets it.
    logs -= logs.mean()
    best = objective(logs)
    assert best < objective(np.zeros(4))
    for group in range(4):
        for step in (-0.25, 0.25):
            other = logs.copy()
            other[group] += step
            assert objective(other) > best - 1e-4


@pytest.mark.one_backend
def test_a_large_penalty_leaves_all_as_it_is():
    model = small_regressor()
    found = fit_group_weights(model, X, Y, penalty=1e6, verbose=0)
    assert found.model is model
    np.testing.assert_allclose(found.group_weights, 1.0)
    np.testing.assert_allclose(off(found.model, Y), off(model, Y), rtol=1e-5)


@pytest.mark.one_backend
def test_more_samples_are_believed_more():
    model = small_regressor()
    labels = labels_of_others(model, [0.2, 1.0, 1.0, 1.8])
    few, many = (
        fit_group_weights(
            model,
            np.tile(X, (times, 1)),
            np.tile(labels, times),
            penalty=30.0,
            verbose=0,
        )
        for times in (1, 100)
    )
    assert many.error < 0.5 * few.error < 0.5 * few.error_before


@pytest.mark.one_backend
def test_a_sample_that_counts_three_times_is_there_three_times():
    model = small_regressor()
    often = np.where(np.median(Y) < Y, 3, 1)
    weighed = fit_group_weights(model, X, Y, often, penalty=0.0, verbose=0)
    repeated = fit_group_weights(
        model,
        np.repeat(X, often, axis=0),
        np.repeat(Y, often),
        penalty=0.0,
        verbose=0,
    )
    # The medians by which errors are divided differ, and with them the last
    # step that is worth it.
    errors = [
        np.average(off(one.model, Y), weights=often)
        for one in (weighed, repeated)
    ]
    assert errors[0] == pytest.approx(errors[1], rel=1e-3)
    plain = fit_group_weights(model, X, Y, penalty=0.0, verbose=0)
    assert np.average(off(plain.model, Y), weights=often) > 1.001 * errors[0]
    assert plain.error < weighed.error
    for one in (weighed, plain):
        assert one.error == pytest.approx(off(one.model, Y).mean(), rel=1e-5)


@pytest.mark.one_backend
def test_sample_weights_are_left_out_where_they_do_harm():
    model = small_regressor()
    # Right as it is, but for a few labels, which count more than all others.
    labels = model.predict(X, verbose=0).reshape(-1)
    labels[:5] = 7.9
    counts = np.where(labels == labels[0], 1e4, 1.0)
    found = fit_group_weights(model, X, labels, counts, verbose=0)
    plain = fit_group_weights(model, X, labels, verbose=0)
    np.testing.assert_allclose(found.group_weights, plain.group_weights)
    assert found.error <= found.error_before


@pytest.mark.one_backend
def test_a_sample_that_counts_nothing_is_not_there():
    model = small_regressor()
    counts = np.where(np.arange(len(Y)) < 40, 1.0, 0.0)
    masked = np.where(counts, Y, 7.9)
    found = fit_group_weights(model, X, masked, counts, verbose=0)
    alone = fit_group_weights(model, X[:40], Y[:40], verbose=0)
    assert alone.not_fitted is None
    np.testing.assert_allclose(found.group_weights, alone.group_weights)
    assert found.error == pytest.approx(alone.error)
    # Ten for each of the four groups are not left.
    counts[39] = 0
    fewer = fit_group_weights(model, X, Y, counts, verbose=0)
    assert "39 samples, where 40" in fewer.said


@pytest.mark.one_backend
@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_labels_does_not_matter(unit):
    found = []
    for scale in (1.0, unit):
        groups = LabelGroups.from_edges(np.array([0, 2, 4, 6, 8]) * scale)
        model = GroupRegressor(small_encoder(), groups)
        rng = np.random.default_rng(3)
        model.set_weights(
            [rng.normal(size=w.shape) for w in model.get_weights()]
        )
        fitted = fit_group_weights(model, X, Y * scale, verbose=0)
        found.append(fitted.group_weights)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-3)


def test_weights_of_before_are_replaced_and_the_temperature_stays():
    plain = small_regressor()
    model = plain.with_routing("mixture", [9.0, 1.0, 1.0, 0.1], 2.0)
    found = fit_group_weights(model, X, Y, verbose=0)
    flat = plain.with_routing("mixture", None, 2.0)
    again = fit_group_weights(flat, X, Y, verbose=0)
    np.testing.assert_allclose(found.group_weights, again.group_weights)
    assert found.model.head.temperature == 2.0
    assert found.error_before == pytest.approx(off(flat, Y).mean(), rel=1e-5)
    assert found.error == pytest.approx(off(found.model, Y).mean(), rel=1e-5)


@pytest.mark.one_backend
@pytest.mark.parametrize("label", [0.1, 3.0, 7.7])
@pytest.mark.parametrize("error", ["absolute", "squared"])
def test_labels_that_are_all_the_same_are_enough(label, error):
    model = small_regressor(error=error)
    found = fit_group_weights(model, X, np.full(len(Y), label), verbose=0)
    logs = np.log(found.group_weights)
    assert np.abs(logs - logs.mean()).max() < 5
    assert found.error < found.error_before


def test_of_a_few_samples_nothing_is_learned():
    model = small_regressor()
    rare = np.full(len(Y), 7.9)
    found = fit_group_weights(model, X[:39], rare[:39], verbose=0)
    assert found.model is model
    assert found.group_weights.tolist() == [1, 1, 1, 1]
    assert found.error == found.error_before
    assert found.said == "no weights of groups: 39 samples, where 40 are needed"
    enough = fit_group_weights(model, X[:40], rare[:40], verbose=0)
    assert enough.error < enough.error_before
    fewer = fit_group_weights(
        model, X[:39], rare[:39], samples_per_group=9, verbose=0
    )
    assert fewer.error < fewer.error_before


def test_a_diverged_model_stays_as_it_is():
    model = small_regressor()
    model.set_weights([np.full(w.shape, np.nan) for w in model.get_weights()])
    found = fit_group_weights(model, X, Y, verbose=0)
    assert found.model is model
    assert np.isnan(found.error_before)
    assert found.not_fitted == "not all predictions are finite"


def test_what_was_found_is_json_and_said():
    found = fit_group_weights(small_regressor(), X, Y, verbose=0)
    assert json.loads(json.dumps(found.settings)) == found.settings
    assert len(found.settings["group_weights"]) == 4
    assert "weights of groups [" in found.said
    assert f"{found.error_before:.4g} without" in found.said


def test_what_was_found_makes_the_model_again():
    model = small_regressor()
    rare = np.full(len(Y), 7.9)
    found = fit_group_weights(model, X, rare, penalty=0.0, verbose=0)
    assert min(found.settings["group_weights"]) < 1e-3
    again = model.with_routing("mixture", **found.settings)
    np.testing.assert_allclose(
        again.predict(X, verbose=0),
        found.model.predict(X, verbose=0),
        rtol=1e-3,
    )


def test_what_is_wrong_is_named():
    with pytest.raises(ValueError, match="`penalty` must be at least 0"):
        fit_group_weights(small_regressor(), X, Y, penalty=-1)
    for counts, match in (
        (np.ones(47), "`sample_weight` must have .* 48 samples. Rec.* 47"),
        (-np.arange(48.0), "must not be negative. Received: -1 at index 1"),
        (np.zeros(48), "`sample_weight` must not be all 0"),
    ):
        with pytest.raises(ValueError, match=match):
            fit_group_weights(small_regressor(), X, Y, counts)
