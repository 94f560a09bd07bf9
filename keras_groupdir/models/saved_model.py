"""SavedModel export by TensorFlow, in a process of its own.

Keras 3.15 cannot export a SavedModel from the torch backend. A `.keras` file
crosses backends, so a second process loads it under TensorFlow and exports.
"""

import os
import subprocess
import sys
import tempfile
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
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "model.keras"
        model.save(saved)
        result = subprocess.run(
            [sys.executable, "-c", _EXPORT, str(saved), str(filepath)],
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
