"""What the package loads as it is imported."""

import ast

import keras

from tests.support.fresh_process import last_line_of

BACKENDS = {"tensorflow", "jax", "torch"}


def test_importing_the_package_loads_no_second_backend():
    # Keras itself may load one beside its own; only what is new counts.
    code = (
        "import sys, keras, numpy; before = set(sys.modules); "
        "import keras_groupdir; print(sorted("
        "{m.partition('.')[0] for m in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names)))"
    )
    loaded = set(ast.literal_eval(last_line_of(code)))
    others = BACKENDS - {keras.config.backend()}
    assert "keras_groupdir" in loaded
    assert not loaded & others
