import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.layers import RoutedExperts
from keras_groupdir.losses import RoutedError
from tests.layers.test_routing import reference as routing_reference
from tests.support.autodiff import gradient
from tests.support.contracts import LayerContract

GROUPS = LabelGroups.from_edges([-4.0, -2.0, 3.0, 6.0])


def head_reference(weights, x, settings):
    """The head with a loop over samples, experts and hidden units."""
    num_groups, units = 3, settings.get("expert_units")
    logits = x @ weights["router/kernel"] + weights["router/bias"]
    values = np.zeros((len(x), num_groups))
    for i, embedding in enumerate(x):
        for g in range(num_groups):
            features = embedding
            if units is not None:
                features = []
                for unit in range(units):
                    column = g * units + unit
                    before = (
                        embedding @ weights["hidden/kernel"][:, column]
                        + weights["hidden/bias"][column]
                    )
                    features.append(np.tanh(before))
            scaled = weights["expert_bias"][g] + sum(
                feature * weights["expert_kernel"][f, g]
                for f, feature in enumerate(features)
            )
            # From shares of the range, or of the spread, to label units.
            start, spread = settings.get("start", -4.0), settings.get("spread")
            values[i, g] = start + (spread or 10.0) * scaled
    routing = settings.get("routing", "mixture")
    shares = routing_reference(logits, routing, settings.get("beta", 1.0))
    # Only on settings without hard routing.
    shares = shares ** (1 / settings.get("temperature", 1.0))
    shares = shares * np.array(settings.get("group_weights", [1.0] * 3))
    shares /= shares.sum(axis=1, keepdims=True)
    return {
        "group_logits": logits,
        "expert_values": values,
        "prediction": np.sum(shares * values, axis=1, keepdims=True),
    }


MLP = {
    "groups": GROUPS,
    "routing": "soft",
    "beta": 0.5,
    "expert_units": 2,
    "expert_activation": "tanh",
    "group_weights": [0.5, 1.5, 1.0],
    "temperature": 2.0,
    "start": 1.5,
    "spread": 0.5,
}


class TestMlpExperts(LayerContract):
    layer = RoutedExperts
    settings = MLP
    trained_output = "prediction"
    # Router, hidden layers and experts, each with its bias.
    num_weights = (4 + 1) * 3 + (4 + 1) * 3 * 2 + (2 + 1) * 3

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 4)).astype("float32")

    def reference(self, weights, x):
        return head_reference(weights, x, self.settings)


def linear_head(routing, beta=1.0):
    head = RoutedExperts(GROUPS, routing=routing, beta=beta)
    head.build((None, 4))
    rng = np.random.default_rng(1)
    head.set_weights([rng.normal(size=w.shape) for w in head.weights])
    return head


@pytest.mark.parametrize("routing", ["hard", "soft", "mixture"])
@pytest.mark.parametrize("beta", [0.3, None])
def test_linear_experts_are_those_of_the_reference(routing, beta):
    head = linear_head(routing, beta)
    x = np.random.default_rng(0).normal(size=(4, 4)).astype("float32")
    weights = TestMlpExperts().weights(head)
    expected = head_reference(
        weights, x.astype("float64"), {"routing": routing, "beta": beta}
    )
    for name, value in head(x).items():
        np.testing.assert_allclose(
            ops.convert_to_numpy(value),
            expected[name],
            rtol=1e-3,
            atol=1e-3,
            err_msg=name,
        )


@pytest.mark.parametrize("expert_units", [None, 5])
def test_experts_start_at_the_centers_of_their_groups(expert_units):
    head = RoutedExperts(GROUPS, expert_units=expert_units)
    embeddings = np.random.default_rng(0).normal(size=(2, 4))
    values = head(embeddings.astype("float32"))["expert_values"]
    np.testing.assert_allclose(
        ops.convert_to_numpy(values), [[-3.0, 0.5, 4.5]] * 2, rtol=1e-5
    )


def test_new_experts_ask_nothing_of_the_encoder():
    head = RoutedExperts(GROUPS)
    loss = RoutedError(GROUPS)
    embeddings = np.random.default_rng(0).normal(size=(3, 4))
    head.build((None, 4))
    found = gradient(
        lambda z: ops.sum(
            loss.call([-3.5, 0.0, 5.0], head(z)["expert_values"])
        ),
        embeddings,
    )
    np.testing.assert_array_equal(found, 0)


def test_equal_logits_are_routed_to_the_first_group():
    head = RoutedExperts(GROUPS, routing="hard")
    head.build((None, 4))
    head.router.kernel.assign(np.zeros((4, 3)))
    x = np.ones((2, 4), dtype="float32")
    outputs = {k: ops.convert_to_numpy(v) for k, v in head(x).items()}
    np.testing.assert_array_equal(
        outputs["prediction"], outputs["expert_values"][:, :1]
    )


@pytest.mark.parametrize("routing", ["hard", "soft", "mixture"])
@pytest.mark.parametrize("size", [0.0, 1e-30, 1e4])
def test_no_embedding_makes_nan(routing, size):
    head = linear_head(routing)
    x = size * np.random.default_rng(0).normal(size=(4, 4)).astype("float32")
    for value in head(x).values():
        assert np.isfinite(ops.convert_to_numpy(value)).all()


def test_the_head_needs_no_labels_and_any_batch_size():
    inputs = keras.Input((4,))
    outputs = RoutedExperts(GROUPS)(inputs)
    assert {name: value.shape for name, value in outputs.items()} == {
        "prediction": (None, 1),
        "group_logits": (None, 3),
        "expert_values": (None, 3),
    }
