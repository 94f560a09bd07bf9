"""The README's Python runs as it stands there."""

import re
from pathlib import Path

import numpy as np
import pytest

README = Path(__file__).parent.parent / "README.md"
BLOCKS = re.findall(
    r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL
)


@pytest.mark.slow
def test_examples_run(tmp_path, monkeypatch):
    pytest.importorskip("tensorflow")
    monkeypatch.chdir(tmp_path)  # one exports a model
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 9)).astype("float32")
    y = np.clip(40 + 20 * x[:, 0], 0, 120).astype("float32")
    known = {"x": x, "y": y, "x_val": x, "y_val": y, "x_test": x, "y_test": y}
    assert len(BLOCKS) == 4
    for block in BLOCKS:
        exec(compile(block, README.name, "exec"), known)
    assert known["model"].predict(x, verbose=0).shape == (60, 1)
    assert (tmp_path / "saved_models/ages").is_dir()
