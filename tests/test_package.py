"""The wheel holds what it imports, nothing else, and runs away from here."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import pytest

from tests.test_readme import blocks_of

# What is in a wheel is the same for each of them.
pytestmark = pytest.mark.one_backend

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "keras_groupdir"

# What a newcomer has, before the README's first example.
DATA = """
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(60, 9)).astype("float32")
y = np.clip(40 + 20 * x[:, 0], 0, 120).astype("float32")
x_val, y_val, x_test, y_test = x, y, x, y
"""
WHERE = """
from pathlib import Path

assert Path(keras_groupdir.__file__).is_relative_to(SITE), keras_groupdir
assert model.predict(x_test, verbose=0).shape == (60, 1)
"""


def pip(*arguments):
    result = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", *map(str, arguments)],
        # Nothing is asked of an index.
        env={**os.environ, "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    pytest.importorskip("setuptools", "77")
    folder = tmp_path_factory.mktemp("wheel")
    # A copy: setuptools leaves folders beside what it builds.
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    for path in PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = source / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    # A room that must not get in, whatever it is called.
    for other in ("apps", "tests"):
        (source / other).mkdir()
        (source / other / "__init__.py").touch()
    pip(
        "wheel",
        "--no-build-isolation",
        "--no-deps",
        "--wheel-dir",
        folder,
        source,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_has_every_module_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (n for n in names if n.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    modules = {p.relative_to(ROOT).as_posix() for p in PACKAGE.rglob("*.py")}
    inside = {name for name in names if ".dist-info/" not in name}
    assert inside == modules | {"keras_groupdir/py.typed"}
    for said in ("License-Expression: Apache-2.0", "Project-URL: Paper, "):
        assert said in text
    for extra in ("tensorflow", "jax", "torch", "compare", "docs"):
        assert f"Provides-Extra: {extra}\n" in text


@pytest.mark.slow
def test_the_first_example_runs_from_the_wheel(wheel, tmp_path):
    site = tmp_path / "site"
    pip("install", "--no-deps", "--target", site, wheel)
    example = blocks_of(ROOT / "README.md")[0].replace("epochs=20", "epochs=1")
    # A SavedModel takes TensorFlow: tests/test_readme.py writes it.
    lines = [line for line in example.splitlines() if ".export(" not in line]
    example = "\n".join(lines)
    code = f"SITE = {str(site)!r}\n{DATA}{example}{WHERE}"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={
            **os.environ,
            "KERAS_BACKEND": keras.config.backend(),
            "PYTHONPATH": str(site),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "mae" in result.stdout
