"""Checks an exported SavedModel against the model it came from."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

# A process of its own: it shows that neither Keras's backend nor this package
# is needed to serve.
_SERVE = """
import sys
import numpy as np
import tensorflow as tf
served = tf.saved_model.load(sys.argv[1])
with np.load(sys.argv[2]) as inputs:
    x = {name: tf.constant(inputs[name]) for name in inputs.files}
np.save(sys.argv[3], served.serve(x["x"] if set(x) == {"x"} else x))
"""


def check_saved_model(folder: str | Path, model: keras.Model, x: Any) -> float:
    """Reloads a SavedModel in TensorFlow alone and compares predictions.

    Args:
        folder: The SavedModel.
        model: The model that was exported.
        x: Inputs: an array, or a dict of arrays.

    Returns:
        Largest difference, as a share of the largest prediction.

    Raises:
        RuntimeError: If it does not load, or differs by more than 1e-5.
    """
    return check_served(folder, serve(folder, x), model.predict(x, verbose=0))


def serve(folder: str | Path, x: Any) -> np.ndarray:
    """What a SavedModel predicts, reloaded in TensorFlow alone.

    Args:
        folder: The SavedModel.
        x: Inputs: an array, also of strings, or a dict of arrays.

    Raises:
        RuntimeError: If it does not load.
    """
    with tempfile.TemporaryDirectory() as temporary:
        inputs = Path(temporary) / "inputs.npz"
        outputs = Path(temporary) / "outputs.npy"
        np.savez(inputs, **(x if isinstance(x, dict) else {"x": x}))
        command = [sys.executable, "-c", _SERVE, folder, inputs, outputs]
        result = subprocess.run(
            [str(part) for part in command],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise RuntimeError(
                f"{folder} does not load as a SavedModel:\n{result.stderr}"
            )
        return np.load(outputs)


def check_served(
    folder: str | Path, served: np.ndarray, expected: np.ndarray
) -> float:
    """Compares what a SavedModel predicts with what its model does.

    Args:
        folder: The SavedModel.
        served: Of `serve`.
        expected: Of the model that was exported.

    Returns:
        Largest difference, as a share of the largest prediction.

    Raises:
        RuntimeError: If it is more than 1e-5.
    """
    worst = float(np.abs(served - expected).max() / np.abs(expected).max())
    if not worst <= 1e-5:
        raise RuntimeError(
            f"{folder} differs from the model by {worst:.1e} of the largest "
            "prediction."
        )
    return worst
