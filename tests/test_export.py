"""Exported models are served by TensorFlow alone, in another process.

(Other formats: `tests/ecosystem/test_exports.py`.)
"""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder

SERVE = """
import sys

import numpy as np
import tensorflow as tf

folder = sys.argv[1]
for name in ("one", "pair"):
    data = dict(np.load(f"{folder}/{name}.npz"))
    served = tf.saved_model.load(f"{folder}/{name}")
    x = {key: tf.constant(value) for key, value in data.items()}
    inputs = x if name == "pair" else x["features"]
    signature = served.signatures["serving_default"](**x)
    assert len(signature) == 1, sorted(signature)
    few = {key: value[:3] for key, value in x.items()}
    np.savez(
        f"{folder}/{name}_served.npz",
        serve=served.serve(inputs),
        few=served.serve(few if name == "pair" else few["features"]),
        signature=next(iter(signature.values())),
    )
assert "keras_groupdir" not in sys.modules
"""


def pair_encoder():
    left = keras.Input((4,), name="left")
    right = keras.Input((2,), name="right")
    hidden = keras.layers.Concatenate()([left, right])
    return keras.Model(
        {"left": left, "right": right}, keras.layers.Dense(5)(hidden)
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Predictions here, and what the exported models answer elsewhere."""
    pytest.importorskip("tensorflow")
    folder = tmp_path_factory.mktemp("served")
    x, _ = skewed_data()
    cases = {
        "one": (small_encoder(), {"features": x}),
        "pair": (pair_encoder(), {"left": x, "right": 2 * x[:, :2]}),
    }
    predictions = {}
    for name, (encoder, inputs) in cases.items():
        model = GroupRegressor(encoder, GROUPS)
        model.export(folder / name, verbose=False)
        data = inputs["features"] if name == "one" else inputs
        predictions[name] = model.predict(data, verbose=0)
        np.savez(folder / f"{name}.npz", **inputs)
    result = subprocess.run(
        [sys.executable, "-c", SERVE, str(folder)],
        env={k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    answers = {
        name: dict(np.load(folder / f"{name}_served.npz")) for name in cases
    }
    return predictions, answers


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one", "pair"])
def test_the_served_model_returns_the_prediction_alone(served, name):
    predictions, answers = served
    for answer in (answers[name]["serve"], answers[name]["signature"]):
        assert answer.shape == (24, 1)
        np.testing.assert_allclose(answer, predictions[name], rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one", "pair"])
def test_the_served_model_takes_another_batch_size(served, name):
    predictions, answers = served
    np.testing.assert_allclose(
        answers[name]["few"], predictions[name][:3], rtol=1e-5
    )


class Unregistered(keras.layers.Layer):
    """A layer that no other process knows."""

    def call(self, inputs):
        return 2 * inputs


@pytest.mark.slow
@pytest.mark.skipif(
    keras.config.backend() != "torch",
    reason="Only torch exports in a process of its own.",
)
def test_a_failed_export_shows_what_the_other_process_said(tmp_path):
    pytest.importorskip("tensorflow")
    inputs = keras.Input((4,))
    encoder = keras.Model(inputs, Unregistered()(inputs))
    model = GroupRegressor(encoder, GROUPS)
    with pytest.raises(RuntimeError, match="Unregistered"):
        model.export(tmp_path / "served")
