"""Exports an age model for serving, and checks what is served."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from apps.common.results import folder_beside
from apps.data.faces.decode import decode_image
from keras_groupdir import LabelModel
from keras_groupdir.models import run_with_tensorflow

Answer = dict[str, np.ndarray]
GROUP_ANSWERS = ("group", "group_probabilities", "expert_value")

# A process of its own: it shows that TensorFlow is all that serving needs.
_ASK = """
import sys
import numpy as np
import tensorflow as tf
with np.load(sys.argv[2]) as file:
    images, jpegs = file["images"], file["jpegs"]
service = tf.saved_model.load(sys.argv[1])
np.savez(f"{sys.argv[2]}.serve", **service.serve(images))
np.savez(f"{sys.argv[2]}.serve_jpeg", **service.serve_jpeg(jpegs))
"""


def export_service(
    model: LabelModel, folder: str | Path, image_size: int
) -> None:
    """Writes a SavedModel that takes faces and returns ages.

    Its endpoints are `serve`, the default, for uint8 images of shape
    `(n, height, width, 3)`, and `serve_jpeg` for JPEG (or PNG) files, a vector
    of strings. Both resize to what the model takes. They return a dict:

    - `age`: the prediction, in years. Shape `(n,)`.

    and, of a `GroupRegressor`:

    - `group`: the most likely group, int32. Group weights, which may have
      changed `age`, are not in what follows. Shape `(n,)`.
    - `group_probabilities`: Shape `(n, num_groups)`.
    - `expert_value`: what the expert of that group says, in years. Shape
      `(n,)`.

    TensorFlow writes it, in a process of its own, on every backend. The folder
    appears when all of it is written.

    Args:
        model: Trained model of uint8 images.
        folder: Folder to write; a SavedModel in its place is replaced.
        image_size: Height and width of the images that `model` takes.
    """
    _check_input(model, image_size)
    folder = Path(folder)
    _check_replaceable(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder_beside(folder) as beside:
        written = beside / "service"
        run_with_tensorflow(
            model, ["-m", "apps.age.service"], written, image_size
        )
        if folder.exists():
            shutil.rmtree(folder)
        written.replace(folder)


def check_service(
    folder: str | Path,
    model: LabelModel,
    images: np.ndarray,
    tolerance: float | None = None,
) -> float:
    """Asks both endpoints in TensorFlow alone; compares with the model.

    Args:
        folder: What `export_service` wrote.
        model: The model that was exported.
        images: A few uint8 images, of the size the model takes. Shape
            `(n, image_size, image_size, 3)`.
        tolerance: Largest difference allowed, as a share of the largest
            value. Defaults to `1e-2`, or `1e-1` for a model in half precision:
            on one CPU they differ by about 1e-6, but `model` may run on a GPU,
            which rounds to TF32, and backends round half precision each in
            its own way.

    Returns:
        The largest difference.

    Raises:
        RuntimeError: If the service does not run, or differs.
    """
    if tolerance is None:
        tolerance = 1e-2 if model.compute_dtype == "float32" else 1e-1
    jpegs = [_to_jpeg(image) for image in images]
    decoded = [decode_image(jpeg, images.shape[1]) for jpeg in jpegs]
    pictures = {"serve": images, "serve_jpeg": np.stack(decoded)}
    worst = 0.0
    for endpoint, answer in _ask(Path(folder), images, jpegs).items():
        outputs = model.predict_outputs(pictures[endpoint], verbose=0)
        difference = _difference(answer, outputs)
        # Put so that a NaN is an error.
        if not difference <= tolerance:
            raise RuntimeError(
                f"`{endpoint}` of {folder} differs from the model by "
                f"{difference:.1e} of the largest value."
            )
        worst = max(worst, difference)
    return worst


def _check_input(model: LabelModel, image_size: int) -> None:
    wanted = (None, image_size, image_size, 3)
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    dtypes = [str(tensor.dtype) for tensor in model.inputs]
    if shapes != [wanted] or dtypes != ["uint8"]:
        raise ValueError(
            f"`model` must have one input, uint8 images of shape {wanted}. "
            f"Received: {dtypes} of shapes {shapes}"
        )


def _check_replaceable(folder: Path) -> None:
    """A typo should not cost a folder that is something else."""
    if not folder.exists() or (folder / "saved_model.pb").is_file():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise ValueError(
            "`folder` must be new, empty or a SavedModel to replace. "
            f"Received: {folder}"
        )


def _ask(
    folder: Path, images: np.ndarray, jpegs: Sequence[bytes]
) -> dict[str, Answer]:
    """What each endpoint answers."""
    with tempfile.TemporaryDirectory() as temporary:
        asked = f"{temporary}/asked.npz"
        # JPEG files end with a byte that is not 0, so NumPy keeps all of it.
        np.savez(asked, images=images, jpegs=np.array(jpegs))
        result = subprocess.run(
            [sys.executable, "-c", _ASK, str(folder), asked],
            # The process that trained may hold all of a GPU's memory.
            env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise RuntimeError(f"{folder} does not serve:\n{result.stderr}")
        answers = {}
        for endpoint in ("serve", "serve_jpeg"):
            with np.load(f"{asked}.{endpoint}.npz") as file:
                answers[endpoint] = dict(file)
    return answers


def _difference(answer: Answer, outputs: Answer) -> float:
    """Largest difference, as a share of the largest value."""
    in_groups = "group_logits" in outputs
    if answer.keys() != {"age", *(GROUP_ANSWERS if in_groups else ())}:
        return np.inf
    expected = {"age": outputs["prediction"].reshape(-1)}
    if in_groups:
        expected |= _expected_groups(outputs, answer)
    shares = [
        np.abs(answer[name] - value).max() / (np.abs(value).max() or 1.0)
        for name, value in expected.items()
    ]
    # NumPy's maximum keeps a NaN, which Python's may lose.
    return float(np.max(shares))


def _expected_groups(outputs: Answer, answer: Answer) -> Answer:
    logits = outputs["group_logits"]
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    # Rounding may decide between two groups; the expert has to follow.
    group = answer["group_probabilities"].argmax(axis=-1)
    return {
        "group": group,
        "group_probabilities": powers / powers.sum(axis=-1, keepdims=True),
        "expert_value": outputs["expert_values"][np.arange(len(group)), group],
    }


def _to_jpeg(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=95)
    return file.getvalue()
