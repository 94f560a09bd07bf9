"""SavedModel export by TensorFlow, in a process of its own.

Keras 3.15 cannot export a SavedModel from the torch backend. A `.keras` file
crosses backends, so a second process loads it under TensorFlow and exports.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

_EXPORT = """
import sys
import keras
import keras_groupdir
model = keras.saving.load_model(sys.argv[1], compile=False)
model.export(sys.argv[2], verbose=False)
"""


def export_saved_model(model: keras.Model, filepath: Any) -> None:
    """Exports `model` with TensorFlow, whichever backend runs here.

    Args:
        model: A model that has an `export` method once loaded.
        filepath: Folder to write the SavedModel to.
    """
    run_with_tensorflow(model, ["-c", _EXPORT], filepath)


def run_with_tensorflow(
    model: keras.Model, program: Sequence[str], *arguments: Any
) -> None:
    """Hands `model` to a program of its own that runs on TensorFlow.

    Args:
        model: Saved as `.keras`; the file is the program's first argument.
        program: What Python runs: `["-c", code]` or `["-m", module]`.
        *arguments: The program's other arguments.

    Raises:
        RuntimeError: If the program fails; shows what it printed.
    """
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "model.keras"
        model.save(saved)
        result = subprocess.run(
            [sys.executable, *program, *map(str, (saved, *arguments))],
            env={
                **os.environ,
                "KERAS_BACKEND": "tensorflow",
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    if result.returncode:
        raise RuntimeError(
            "Exporting with TensorFlow in a process of its own failed. It "
            f"printed:\n{result.stderr.strip()}"
        )
