import importlib.util
import json
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

BACKENDS = ("tensorflow", "jax", "torch")
ROUTINGS = ("hard", "soft", "mixture")

# Runs on another backend, in a process of its own.
PREDICT = """
import json
import sys

import keras
import numpy as np

import keras_groupdir

folder = sys.argv[1]
data = np.load(folder + "/data.npz")
model = keras.saving.load_model(folder + "/model.keras")
outputs = model.predict_outputs(data["x"], verbose=0)
for routing in ("hard", "soft", "mixture"):
    routed = model.with_routing(routing)
    outputs[routing] = routed.predict(data["x"], verbose=0)
np.savez(folder + "/outputs.npz", **outputs)
logs = model.evaluate(data["x"], data["y"], verbose=0, return_dict=True)
print(json.dumps([keras.config.backend(), logs]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "backend", [b for b in BACKENDS if b != keras.config.backend()]
)
def test_a_file_means_the_same_on_another_backend(backend, tmp_path):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed.")
    x, y = skewed_data()
    model = GroupRegressor(small_encoder(), GROUPS, beta=0.7, expert_units=3)
    model.compile("adam")
    model.fit(x, y, batch_size=24, epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    np.savez(tmp_path / "data.npz", x=x, y=y)
    result = subprocess.run(
        [sys.executable, "-c", PREDICT, str(tmp_path)],
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    ran_on, logs = json.loads(result.stdout.splitlines()[-1])
    assert ran_on == backend
    expected = model.predict_outputs(x, verbose=0)
    for routing in ROUTINGS:
        routed = model.with_routing(routing)
        expected[routing] = routed.predict(x, verbose=0)
    with np.load(tmp_path / "outputs.npz") as outputs:
        assert sorted(outputs) == sorted(expected)
        for name, value in expected.items():
            np.testing.assert_allclose(
                outputs[name], value, rtol=1e-5, atol=1e-5, err_msg=name
            )
    here = model.evaluate(x, y, verbose=0, return_dict=True)
    assert logs == pytest.approx(here, rel=1e-4)
