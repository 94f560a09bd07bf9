"""What the package loads as it is imported."""

import ast
import os
import subprocess
import sys

import keras

BACKENDS = {"tensorflow", "jax", "torch"}


def test_importing_the_package_loads_no_second_backend():
    # Keras itself may load one beside its own; only what is new counts.
    code = (
        "import sys, keras, numpy; before = set(sys.modules); "
        "import keras_groupdir; print(sorted("
        "{m.partition('.')[0] for m in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ast.literal_eval(result.stdout.splitlines()[-1]))
    others = BACKENDS - {keras.config.backend()}
    assert "keras_groupdir" in loaded
    assert not loaded & others
