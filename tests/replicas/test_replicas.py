import os
import socket
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from tests.replicas.problem import BATCH
from tests.replicas.problem import FITTED
from tests.replicas.problem import LOSSES
from tests.replicas.problem import compiled
from tests.replicas.problem import embeddings
from tests.replicas.problem import trained
from tests.replicas.problem import training_data
from tests.support.autodiff import gradient

pytestmark = pytest.mark.slow


def losses_on_one_device(size):
    """Value and gradient of each loss for a batch of this size."""
    results = {}
    labels, rows, arriving = embeddings(size)
    for name, loss in LOSSES.items():
        value = loss.call(labels, rows)
        results[f"{name} {size} value"] = ops.convert_to_numpy(value)
        results[f"{name} {size} gradient"] = gradient(
            lambda z, loss=loss: ops.sum(
                ops.multiply(arriving, loss.call(labels, z))
            ),
            rows,
        )
    return results


def training_on_one_device():
    """Logs and weights after an epoch of two steps."""
    results = {}
    for name in FITTED:
        model = compiled(name)
        history = model.fit(
            *training_data(), batch_size=BATCH, shuffle=False, verbose=0
        )
        for key, array in trained(model, history.history).items():
            results[f"{name} {key}"] = array
    return results


def start(script, *arguments):
    """Runs a script of `scripts` in a process of its own."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            f"tests.replicas.scripts.{script}",
            *map(str, arguments),
        ],
        env={**os.environ, "KERAS_BACKEND": keras.config.backend()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_port():
    with socket.socket() as server:
        server.bind(("localhost", 0))
        return server.getsockname()[1]


def wait(*processes):
    for process in processes:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output[-3000:]


def assert_equal(path, expected):
    with np.load(path) as results:
        for key, array in expected.items():
            np.testing.assert_allclose(
                results[key], array, rtol=1e-5, atol=1e-5, err_msg=key
            )


def only_on(backend):
    return pytest.mark.skipif(
        keras.config.backend() != backend, reason=f"Runs on {backend}."
    )


@only_on("tensorflow")
def test_mirrored_strategy_is_one_device(tmp_path):
    wait(start("mirrored", tmp_path / "out.npz"))
    # 5 samples here and 2 there; the training has 4 on each.
    assert_equal(tmp_path / "out.npz", losses_on_one_device(size=7))
    assert_equal(tmp_path / "out.npz", training_on_one_device())
    with np.load(tmp_path / "out.npz") as results:
        assert np.isfinite(results["nine"]).all()


@only_on("jax")
def test_data_parallel_is_one_device(tmp_path):
    wait(start("data_parallel", tmp_path / "out.npz"))
    assert_equal(tmp_path / "out.npz", losses_on_one_device(size=8))
    assert_equal(tmp_path / "out.npz", training_on_one_device())


@only_on("jax")
def test_two_jax_processes_are_one_device(tmp_path):
    port, path = free_port(), tmp_path / "out.npz"
    wait(*(start("jax_process", rank, port, path) for rank in (0, 1)))
    assert_equal(path, losses_on_one_device(size=8))
    assert_equal(path, training_on_one_device())


@only_on("torch")
def test_two_torch_processes_are_one_device(tmp_path):
    port, path = free_port(), tmp_path / "out.npz"
    wait(*(start("torch_process", rank, port, path) for rank in (0, 1)))
    assert_equal(path, losses_on_one_device(size=8))
    # The recipe's loop is torch's and logs nothing but the loss.
    assert_equal(
        path,
        {
            key: array
            for key, array in training_on_one_device().items()
            if key.split()[1] == "loss" or key.split()[1][0] == "w"
        },
    )
