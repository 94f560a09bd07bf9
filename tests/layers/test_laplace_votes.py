import math

import numpy as np
import pytest
from keras import ops

from keras_groupdir.layers import LaplaceVotes
from tests.support.contracts import LayerContract


class Votes:
    """Set `voting`; write `shares`."""

    layer = LaplaceVotes
    trained_output = "prediction"
    num_weights = (4 + 1) * 4
    voting: str

    @property
    def settings(self):
        return {
            "num_heads": 2,
            "voting": self.voting,
            "start": 3.0,
            "spread": 2.0,
        }

    def shares(self, scales):
        """How much each head counts."""
        raise NotImplementedError

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 4)).astype("float32")

    def reference(self, weights, x):
        outputs = {k: [] for k in ("prediction", "scale", "head_0", "head_1")}
        for embedding in x:
            units = embedding @ weights["units/kernel"] + weights["units/bias"]
            means = [3 + 2 * units[k] for k in (0, 1)]
            logs = [math.log(2) + min(max(units[k], -5.0), 5.0) for k in (2, 3)]
            scales = [math.exp(log) for log in logs]
            shares = self.shares(scales)
            outputs["prediction"].append([np.dot(shares, means)])
            outputs["scale"].append([np.dot(shares, scales)])
            for k in (0, 1):
                outputs[f"head_{k}"].append([means[k], logs[k]])
        return {name: np.array(rows) for name, rows in outputs.items()}


class TestPrecisionVotes(Votes, LayerContract):
    voting = "precision"

    def shares(self, scales):
        precision = [scale**-2 for scale in scales]
        return np.array(precision) / sum(precision)


class TestHardVotes(Votes, LayerContract):
    voting = "hard"

    def shares(self, scales):
        return [1, 0] if scales[0] <= scales[1] else [0, 1]

    def test_the_contract_is_on_settings_of_its_own(self):
        # "hard" is the default.
        assert self.built().get_config()["voting"] == "hard"


def head(units, **settings):
    """Outputs for one sample whose units are given."""
    votes = LaplaceVotes(len(units) // 2, **settings)
    votes.build((None, 1))
    votes.set_weights([np.array([units]), np.zeros(len(units))])
    outputs = votes(np.ones((1, 1), "float32"))
    return {k: ops.convert_to_numpy(v)[0] for k, v in outputs.items()}


def test_the_surest_head_is_heard():
    outputs = head([1.0, 2.0, 3.0, 0.5, -0.5, 0.0])
    assert outputs["prediction"] == 2
    assert outputs["scale"] == pytest.approx(math.exp(-0.5))


def test_of_equally_sure_heads_the_first_is_heard():
    assert head([1.0, 2.0, 3.0, 0.5, -9.0, -8.0])["prediction"] == 2


@pytest.mark.parametrize(("unit", "log"), [(-1e6, -5), (7.0, 5), (1.5, 1.5)])
def test_the_log_of_a_scale_has_ends(unit, log):
    outputs = head([0.0, unit], spread=10.0)
    expected = math.log(10) + log
    assert outputs["head_0"][1] == pytest.approx(expected, rel=1e-5)
    assert outputs["scale"] == pytest.approx(math.exp(expected), rel=1e-5)


def test_labels_far_from_0_lose_nothing_but_their_own_digits():
    rng = np.random.default_rng(0)
    layer = LaplaceVotes(num_heads=7, voting="precision", start=1e6)
    embeddings = rng.normal(size=(200, 4)).astype("float32")
    outputs = layer(embeddings)
    # Of these the shares are read off.
    near = LaplaceVotes(num_heads=7, voting="precision")
    near.build((None, 4))
    near.set_weights(layer.get_weights())
    expected = ops.convert_to_numpy(near(embeddings)["prediction"])
    found = ops.convert_to_numpy(outputs["prediction"]).astype("float64")
    # The gap between two such numbers is 1/16.
    assert np.abs(found - 1e6 - expected).max() < 1 / 16
