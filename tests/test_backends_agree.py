"""A file of this backend means the same on the others, where training goes on.

With the suite on each backend, and what `test_every_regressor` does on one,
these are all nine pairs; of every regressor from torch, which traces nothing.
"""

import importlib.util
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import VanillaRegressor
from tests.models.test_every_regressor import BUILDERS
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.trained_on import trained_on

BACKENDS = ("tensorflow", "jax", "torch")
X, Y = skewed_data()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Models, trained, saved, and what is true of them here."""
    # Made before the seed of a test is set: what is drawn would be another each
    # time, and Adam makes a step of what rounding leaves of a gradient of 0.
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("files")
    np.savez(folder / "data.npz", x=X, y=Y)
    expected = {}
    forms = {
        "groups": (
            GroupRegressor(small_encoder(), GROUPS, beta=0.7, expert_units=3),
            "adam",
        ),
        "vanilla": (VanillaRegressor(small_encoder(), 0, 8), "adamw"),
    }
    if keras.config.backend() == "torch":
        forms |= {name: (build(), "adam") for name, build in BUILDERS.items()}
    for name, (model, optimizer) in forms.items():
        model.compile(optimizer)
        model.fit(X, Y, batch_size=24, epochs=2, verbose=0)
        path = folder / f"{name}.keras"
        model.save(path)
        expected[name] = trained_on(str(path), X, Y)
    return folder, expected


@pytest.mark.slow
@pytest.mark.parametrize(
    "backend", [b for b in BACKENDS if b != keras.config.backend()]
)
def test_a_file_means_the_same_on_another_backend(backend, saved):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed.")
    folder, expected = saved
    result = subprocess.run(
        [sys.executable, "-m", trained_on.__module__, str(folder), *expected],
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
    ran_on, found = json.loads(result.stdout.splitlines()[-1])
    assert ran_on == backend
    for name, (outputs, logs) in expected.items():
        assert found[name] == pytest.approx(logs, rel=1e-4)
        with np.load(folder / f"{name}.npz") as arrays:
            assert sorted(arrays) == sorted(outputs)
            for output, value in outputs.items():
                if name.startswith("Variational") and output == "trained on":
                    # It draws, and each backend in its own way.
                    assert np.isfinite(arrays[output]).all()
                    continue
                np.testing.assert_allclose(
                    arrays[output],
                    value,
                    rtol=1e-4,
                    atol=1e-5,
                    err_msg=f"{name}: {output}",
                )
