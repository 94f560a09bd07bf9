"""Two CPU devices under keras.distribution; writes to the file named."""

import os
import sys

from tests.support.xla import QUICKLY

DEVICES = "--xla_force_host_platform_device_count=2"
os.environ["XLA_FLAGS"] = f"{DEVICES} {QUICKLY}"

import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import ops  # noqa: E402

from tests.replicas.problem import BATCH  # noqa: E402
from tests.replicas.problem import FITTED  # noqa: E402
from tests.replicas.problem import LOSSES  # noqa: E402
from tests.replicas.problem import compiled  # noqa: E402
from tests.replicas.problem import embeddings  # noqa: E402
from tests.replicas.problem import trained  # noqa: E402
from tests.replicas.problem import training_data  # noqa: E402


def loss_and_gradient(loss, size):
    """Of a batch whose rows are spread over the two devices."""
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("batch",))
    by_row = jax.sharding.NamedSharding(
        mesh, jax.sharding.PartitionSpec("batch")
    )
    labels, rows, arriving = (
        jax.device_put(a, by_row) for a in embeddings(size)
    )

    @jax.jit
    def run(labels, rows, arriving):
        value = loss.call(labels, rows)
        gradient = jax.grad(
            lambda rows: ops.sum(arriving * loss.call(labels, rows))
        )(rows)
        return value, gradient

    return [np.asarray(x) for x in run(labels, rows, arriving)]


def main(path):
    assert len(jax.devices()) == 2
    results = {}
    for name, loss in LOSSES.items():
        value, gradient = loss_and_gradient(loss, 8)
        results[f"{name} 8 value"], results[f"{name} 8 gradient"] = (
            value,
            gradient,
        )
    keras.distribution.set_distribution(keras.distribution.DataParallel())
    for name in FITTED:
        model = compiled(name)
        history = model.fit(
            *training_data(), batch_size=BATCH, shuffle=False, verbose=0
        )
        for key, array in trained(model, history.history).items():
            results[f"{name} {key}"] = array
    np.savez(path, **results)


if __name__ == "__main__":
    main(sys.argv[1])
