import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir.layers import route
from keras_groupdir.layers import routing_weights
from tests.support.autodiff import gradient
from tests.support.numeric import soft_label
from tests.support.numeric import softmax

ROUTINGS = ("hard", "soft", "mixture")


def reference(logits, routing, beta):
    """Weights of the experts, sample by sample, K inverted by NumPy."""
    logits = np.asarray(logits, dtype="float64")
    num_groups = logits.shape[1]
    table = np.eye(num_groups)
    if beta is not None:
        table = np.array(
            [soft_label(g, num_groups, beta) for g in range(num_groups)]
        )
    rows = []
    for row in logits:
        if routing == "hard":
            weights = np.eye(num_groups)[list(row).index(max(row))]
        else:
            weights = softmax(row)
        if routing == "mixture":
            posterior = weights @ np.linalg.inv(table)
            weights = np.maximum(posterior, 0) / np.maximum(posterior, 0).sum()
        rows.append(weights)
    return np.array(rows)


def weights_of(logits, routing="mixture", beta=1.0):
    logits = np.asarray(logits, dtype="float32")
    return ops.convert_to_numpy(routing_weights(logits, routing, beta))


@pytest.mark.parametrize("routing", ROUTINGS)
@pytest.mark.parametrize("beta", [0.2, 1.0, 5.0, None])
@pytest.mark.parametrize("seed", range(3))
def test_weights_are_those_of_the_reference(routing, beta, seed):
    logits = np.random.default_rng(seed).normal(size=(6, 5), scale=2)
    np.testing.assert_allclose(
        weights_of(logits, routing, beta),
        reference(logits, routing, beta),
        rtol=1e-3,
        atol=1e-5,
    )


@pytest.mark.parametrize("routing", ROUTINGS)
def test_group_weights_change_the_prior(routing):
    logits = np.random.default_rng(0).normal(size=(50, 5), scale=2)
    logits = logits.astype("float32")
    group_weights = np.array([0.5, 1.0, 2.0, 4.0, 40.0])
    if routing == "hard":
        expected = reference(logits + np.log(group_weights), routing, 1.0)
        assert not np.array_equal(expected, reference(logits, routing, 1.0))
    else:
        expected = reference(logits, routing, 1.0) * group_weights
        expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        ops.convert_to_numpy(
            routing_weights(logits, routing, 1.0, group_weights)
        ),
        expected,
        rtol=1e-3,
        atol=1e-5,
    )


@pytest.mark.parametrize("routing", ROUTINGS)
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("group_weights", [None, [0.5, 1.0, 2.0, 4.0, 40.0]])
def test_temperature_is_of_the_weights(routing, temperature, group_weights):
    logits = np.random.default_rng(0).normal(size=(50, 5), scale=2)
    logits = logits.astype("float32")
    prior = np.ones(5) if group_weights is None else np.array(group_weights)
    if routing == "hard":
        moved = logits / temperature + np.log(prior)
        expected = reference(moved, routing, 1.0)
    else:
        shares = reference(logits, routing, 1.0)
        expected = shares ** (1 / temperature) * prior
        expected /= expected.sum(axis=1, keepdims=True)
    found = routing_weights(logits, routing, 1.0, group_weights, temperature)
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), expected, rtol=2e-3, atol=1e-5
    )


@pytest.mark.parametrize("temperature", [0.01, 30.0])
@pytest.mark.parametrize("routing", ["soft", "mixture"])
def test_far_temperatures_are_finite_and_have_gradients(routing, temperature):
    # All next to alike, where each share to the power of 100 is 0; and one
    # group alone, where roots of the others have no slope.
    logits = np.array([np.zeros(200), 50.0 * np.eye(200)[3]], "float32")
    values = np.linspace(0, 1, 200, dtype="float32")[None].repeat(2, axis=0)

    def predict(x):
        return route(x, values, routing, temperature=temperature)

    assert np.isfinite(ops.convert_to_numpy(predict(logits))).all()
    found = gradient(lambda x: ops.sum(predict(x)), logits)
    assert np.isfinite(found).all()


LOGITS = hnp.arrays("float32", (6, 5), elements=st.floats(-50, 50, width=32))


@given(logits=LOGITS, beta=st.floats(0.01, 50))
@pytest.mark.parametrize("routing", ROUTINGS)
def test_weights_are_shares(routing, logits, beta):
    weights = weights_of(logits, routing, beta)
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-4)


@given(logits=LOGITS)
@pytest.mark.parametrize("routing", ROUTINGS)
def test_the_prediction_lies_between_the_experts(routing, logits):
    values = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")
    prediction = ops.convert_to_numpy(route(logits, values, routing))
    assert prediction.shape == (6, 1)
    assert np.all(prediction[:, 0] <= values.max(axis=1) + 1e-5)
    assert np.all(prediction[:, 0] >= values.min(axis=1) - 1e-5)


@pytest.mark.parametrize(
    ("row", "first"),
    [
        ([1, 3, 3, 0, 3], 1),
        ([2, 2, 2, 2, 2], 0),
        ([-5, -9, -9, -9, -5], 0),
        ([0, 0, 0, 1, 1], 3),
    ],
)
def test_the_first_of_equal_logits_is_the_expert(row, first):
    weights = weights_of([row], "hard")
    assert weights.tolist() == np.eye(5)[[first]].tolist()


def test_the_mixture_takes_the_blur_of_soft_labels_out():
    beta = 0.7
    logits = np.log([soft_label(g, 5, beta) for g in range(5)])
    np.testing.assert_allclose(
        weights_of(logits, "mixture", beta), np.eye(5), atol=1e-5
    )
    # Half the samples like these of group 1, half of group 3.
    blurred = (soft_label(1, 5, beta) + soft_label(3, 5, beta)) / 2
    np.testing.assert_allclose(
        weights_of(np.log([blurred]), "mixture", beta),
        [[0.0, 0.5, 0.0, 0.5, 0.0]],
        atol=1e-5,
    )


def test_what_no_posterior_can_say_is_clipped_and_shared_out():
    # Sharper than any soft label: the inverse has negative entries beside
    # the peak, which must not turn into negative weights.
    posterior = np.eye(5)[2] @ np.linalg.inv(
        [soft_label(g, 5, 1.0) for g in range(5)]
    )
    assert posterior.min() < -0.1
    weights = weights_of([[0, 0, 60, 0, 0]])
    np.testing.assert_allclose(weights, [[0, 0, 1, 0, 0]], atol=1e-6)


def test_the_mixture_of_one_hot_labels_is_the_soft_one():
    logits = np.random.default_rng(0).normal(size=(6, 5))
    np.testing.assert_array_equal(
        weights_of(logits, "mixture", None), weights_of(logits, "soft")
    )


def test_the_prediction_is_the_sum_over_experts():
    rng = np.random.default_rng(1)
    logits, values = rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
    for routing in ROUTINGS:
        weights = reference(logits, routing, 0.5)
        expected = [[weights[i] @ values[i]] for i in range(6)]
        np.testing.assert_allclose(
            ops.convert_to_numpy(
                route(
                    logits.astype("float32"),
                    values.astype("float32"),
                    routing,
                    beta=0.5,
                )
            ),
            expected,
            rtol=1e-3,
            atol=1e-5,
        )


def test_an_expert_that_is_far_off_does_not_count_without_a_share():
    logits = np.array([[-40.0, 3.0, 1.0, 0.0]], "float32")
    for far in (0.0, 1e4, 1e8):
        values = np.array([[far, 1.1, 2.3, 3.7]], "float32")
        found = ops.convert_to_numpy(route(logits, values, "mixture"))
        assert found[0, 0] == pytest.approx(1.1, abs=1e-6)


def test_experts_learn_by_their_share():
    rng = np.random.default_rng(4)
    values = rng.normal(size=(99, 5)).astype("float32")
    logits = rng.normal(size=(99, 5)).astype("float32")
    # One that hardly has any must not learn from the rounding of the others.
    logits[:, 0] = -30
    found = gradient(lambda v: ops.sum(route(logits, v, "soft")), values)
    np.testing.assert_allclose(found, reference(logits, "soft", 1), rtol=1e-4)
    assert found[:, 0].max() < 1e-12


@pytest.mark.parametrize("routing", ROUTINGS)
@pytest.mark.parametrize("size", [0.0, 100.0, 1e4])
def test_extreme_logits_have_a_finite_prediction_and_gradient(routing, size):
    logits = size * np.sign(np.random.default_rng(0).normal(size=(6, 5)))
    values = np.tile(np.arange(5.0), (6, 1)).astype("float32")
    if routing != "hard":
        found = gradient(lambda x: ops.sum(route(x, values, routing)), logits)
        assert np.isfinite(found).all()
    np.testing.assert_allclose(
        weights_of(logits, routing),
        reference(logits, routing, 1.0),
        atol=1e-5,
    )
