"""The app under each of Keras's engines, in processes of their own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from apps.age.settings import COMMITTED
from apps.age.strategy import start_strategy
from tests.support.xla import QUICKLY

ROOT = Path(__file__).parents[3]
BACKEND = keras.config.backend()
# A CPU alone is one device; the strategy's default would take no second one.
MIRRORED = """
import functools, sys
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [half, half])
tf.distribute.MirroredStrategy = functools.partial(
    tf.distribute.MirroredStrategy, ["CPU:0", "CPU:1"]
)
from apps.age import results
from apps.age.train import main
results.export_service = results.check_service = lambda *_: None
main(sys.argv[1:])
"""
PLAIN = """
import sys
from apps.age import results
from apps.age.train import main
results.export_service = results.check_service = lambda *_: None
main(sys.argv[1:])
"""


def start(code, arguments, **env):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": path, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process):
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output


def errors(folder):
    return json.loads((folder / "results.json").read_text())["history"]


@pytest.mark.slow
@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's strategy.")
def test_two_replicas_train(arguments, tmp_path):
    finish(start(MIRRORED, [*arguments, "--strategy=mirrored"]))
    assert len(errors(tmp_path / "run")["val_prediction_mae"]) == 2


@pytest.mark.slow
@pytest.mark.skipif(BACKEND != "jax", reason="Keras distributes JAX only.")
def test_two_devices_train_as_one_does(arguments, tmp_path):
    two = f"--xla_force_host_platform_device_count=2 {QUICKLY}"
    folders = {
        "data_parallel": tmp_path / "two",
        "none": tmp_path / "one",
    }
    # Rounding grows more slowly than with the prediction's own error.
    settings = json.dumps({**COMMITTED, "num_groups": 6})
    for strategy, folder in folders.items():
        flags = [f"--strategy={strategy}", f"--output={folder}"]
        flags += [f"--settings={settings}"]
        finish(start(PLAIN, [*arguments, *flags], XLA_FLAGS=two))
    one, other = (errors(folder) for folder in folders.values())
    assert one["loss"] == pytest.approx(other["loss"], rel=1e-3)
    assert one["val_prediction_mae"] == pytest.approx(
        other["val_prediction_mae"], rel=1e-2
    )


@pytest.mark.slow
@pytest.mark.skipif(BACKEND != "jax", reason="Keras distributes JAX only.")
def test_two_processes_train_and_one_writes(arguments, tmp_path):
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    processes = [
        start(
            PLAIN,
            [*arguments, "--strategy=multi_worker"],
            JAX_CPU_COLLECTIVES_IMPLEMENTATION="gloo",
            XLA_FLAGS=QUICKLY,
            TFDS_DATA_DIR=str(tmp_path / f"tfds-{rank}"),
            KERAS_DISTRIBUTION_JOB_ADDRESSES=f"localhost:{port},localhost:0",
            KERAS_DISTRIBUTION_NUM_PROCESSES="2",
            KERAS_DISTRIBUTION_PROCESS_ID=str(rank),
        )
        for rank in range(2)
    ]
    for process in processes:
        finish(process)
    assert len(errors(tmp_path / "run")["val_prediction_mae"]) == 2


@pytest.mark.parametrize("name", ["mirrored", "data_parallel", "multi_worker"])
def test_a_strategy_needs_its_backend(name):
    needed = "tensorflow" if name == "mirrored" else "jax"
    if needed == BACKEND:
        pytest.skip("This is its backend.")
    with pytest.raises(ValueError, match=f"needs KERAS_BACKEND={needed}"):
        start_strategy(name)
