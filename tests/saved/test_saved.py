"""Files of every version so far load, predict the same, and train on."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_groupdir

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*/*.keras"))
# Of a file, so that the repository stays small.
MOST_BYTES = 200_000
# Step by step is quicker for a step or two, but not on JAX.
EAGER = ["eager_here"] if keras.config.backend() != "jax" else []


def test_this_version_has_its_files():
    version = keras_groupdir.__version__
    assert {p.name for p in FILES if p.parent.name == version} >= {
        "groups.keras",
        "settings.keras",
        "vanilla.keras",
    }


@pytest.mark.usefixtures(*EAGER)
@pytest.mark.parametrize(
    "path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_a_file_predicts_what_it_did_and_trains_on(path):
    assert path.stat().st_size < MOST_BYTES
    known = json.loads((path.parent / "expected.json").read_text("utf-8"))
    x = np.array(known["x"], "float32")
    model = keras.saving.load_model(path)
    outputs = model.predict_outputs(x, verbose=0)
    assert sorted(outputs) == sorted(known[path.stem])
    for name, values in known[path.stem].items():
        np.testing.assert_allclose(
            outputs[name], values, rtol=1e-4, atol=1e-5, err_msg=name
        )
    steps = int(keras.ops.convert_to_numpy(model.optimizer.iterations))
    assert steps > 0
    model.fit(x, np.full(len(x), 4.0, "float32"), verbose=0)
    trained = model.predict(x, verbose=0)
    assert np.isfinite(trained).all()
    assert not np.allclose(trained, known[path.stem]["prediction"])
