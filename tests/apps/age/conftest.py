"""A made-up archive, and the arguments of a tiny run on it."""

import keras
import pytest

from tests.apps.data.faces.made_up import write_archive


@pytest.fixture
def arguments(tmp_path, monkeypatch):
    """What makes a run of seconds; `output` is a folder of its own."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    archive = write_archive(tmp_path / "utkface_96px.npz")
    policy = keras.config.dtype_policy()
    yield [
        f"--data-dir={archive}",
        f"--output={tmp_path / 'run'}",
        f"--logs={tmp_path / 'logs'}",
        f"--cache-dir={tmp_path / 'cache'}",
        "--backbone=resnet4",
        "--image-size=16",
        "--width=0.125",
        "--batch-size=8",
        "--epochs=2",
        "--pretrain-epochs=1",
        '--settings={"num_groups": 6}',
    ]
    keras.config.set_dtype_policy(policy)
