"""The Python of README and documentation runs as it stands there."""

import io
import json
import re
import textwrap
import urllib.request
from pathlib import Path

import keras
import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")),
    *sorted(DOCS.rglob("*.md")),
]
# What some pages are about, which need not be there.
EXTRAS = {"sklearn.md": ["sklearn"], "tuning.md": ["keras_tuner"]}
# Where a reader begins, and where backends differ: tried on every one.
EVERYWHERE = ("README.md", "quick_start.md", "serving.md", "exports.md")


def blocks_of(page):
    """Examples of a page; in lists they are indented."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.M)
    return [textwrap.dedent(block) for block in found]


def with_python():
    for page in PAGES:
        if blocks_of(page):
            marks = [pytest.mark.one_backend] * (page.name not in EVERYWHERE)
            yield pytest.param(page, marks=marks, id=page.name)


def serve_rows(address, body, timeout):
    """What TensorFlow Serving's REST API answers to rows of one input.

    Reference:
    - [RESTful API](https://www.tensorflow.org/tfx/serving/api_rest)
    """
    import tensorflow as tf

    assert address == "http://localhost:8501/v1/models/ages:predict"
    loaded = tf.saved_model.load("saved_models/ages/1")
    signature = loaded.signatures["serving_default"]
    ((name, spec),) = signature.structured_input_signature[1].items()
    rows = tf.constant(json.loads(body)["instances"], spec.dtype)
    (output,) = signature(**{name: rows}).values()
    answer = {"predictions": output.numpy().tolist()}
    return io.BytesIO(json.dumps(answer).encode())


# Step by step, many epochs of many models would take JAX minutes.
EAGER = ["eager_here"] if keras.config.backend() != "jax" else []


@pytest.mark.slow
@pytest.mark.usefixtures(*EAGER)
@pytest.mark.parametrize("page", with_python())
def test_examples_run(page, tmp_path, monkeypatch):
    for needed in (
        "tensorflow",
        "tensorboard",
        "scipy",
        "pandas",
        "matplotlib",
        *EXTRAS.get(page.name, []),
    ):
        pytest.importorskip(needed)
    monkeypatch.chdir(tmp_path)  # some write files
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 9)).astype("float32")
    y = np.clip(40 + 20 * x[:, 0], 0, 120).astype("float32")
    known = {"x": x, "y": y, "x_val": x, "y_val": y, "x_test": x, "y_test": y}
    for block in blocks_of(page):
        # Fewer epochs would do as well, and where results are not looked at
        # in the next lines, fewer seeds.
        block = block.replace("epochs=20", "epochs=1")
        fewer = "(0,)" if page.name == "README.md" else "(0, 1)"
        block = block.replace("seeds=(0, 1, 2)", f"seeds={fewer}")
        block = block.replace(
            "test=(x_test, y_test)\n",
            "test=(x_test, y_test), budget=experiments.Budget(epochs=2)\n",
        )
        exec(compile(block, page.name, "exec"), known)
    if page.name in ("README.md", "quick_start.md", "serving.md"):
        assert known["model"].predict(x, verbose=0).shape == (60, 1)
    if page.name in ("README.md", "serving.md"):
        assert (tmp_path / "saved_models/ages").is_dir()
    if page.name == "serving.md":
        assert "MODEL_NAME=ages" in page.read_text(encoding="utf-8")
        monkeypatch.setattr(urllib.request, "urlopen", serve_rows)
        answer = known["ask"](x[:2].tolist())
        expected = known["model"].predict(x[:2], verbose=0)
        np.testing.assert_allclose(answer, expected, rtol=1e-5)
    if page.name in ("README.md", "comparing.md"):
        assert len(known["results"].methods) == 5
        assert (tmp_path / "errors.png").stat().st_size > 10_000
    if page.name == "new_method.md":
        assert known["spread"](weight=0.3).title == "Spread"
    if page.name == "tuning.md":
        assert known["model"].groups.num_groups % 5 == 0
        assert known["model"].predict(x, verbose=0).shape == (60, 1)


def test_pages_are_there():
    """Links between pages, and to files of the repository, lead somewhere."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
            if "://" not in target:
                assert (page.parent / target).exists(), (page.name, target)
