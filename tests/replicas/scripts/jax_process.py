"""One of two JAX processes; rank 0 writes to the file named.

Each process trains on its half of every batch. Arguments: rank, port, file.
"""

import os
import sys

os.environ["JAX_CPU_COLLECTIVES_IMPLEMENTATION"] = "gloo"

from tests.support.xla import QUICKLY

# One device per process, whatever the caller asked for.
os.environ["XLA_FLAGS"] = QUICKLY

import keras

RANK, PORT, PATH = int(sys.argv[1]), sys.argv[2], sys.argv[3]
# Before anything else that touches a device.
keras.distribution.initialize(
    f"localhost:{PORT},localhost:0", num_processes=2, process_id=RANK
)

import jax  # noqa: E402
import numpy as np  # noqa: E402
from jax.experimental import multihost_utils  # noqa: E402
from keras import ops  # noqa: E402

from tests.replicas.problem import BATCH  # noqa: E402
from tests.replicas.problem import FITTED  # noqa: E402
from tests.replicas.problem import LOSSES  # noqa: E402
from tests.replicas.problem import compiled  # noqa: E402
from tests.replicas.problem import embeddings  # noqa: E402
from tests.replicas.problem import trained  # noqa: E402
from tests.replicas.problem import training_data  # noqa: E402


def loss_and_gradient(loss):
    """Of one batch, half of whose rows are here."""
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("batch",))
    by_row = jax.sharding.NamedSharding(
        mesh, jax.sharding.PartitionSpec("batch")
    )
    mine = slice(RANK * BATCH // 2, (RANK + 1) * BATCH // 2)
    labels, rows, arriving = (
        jax.make_array_from_process_local_data(by_row, a[mine])
        for a in embeddings(BATCH)
    )

    @jax.jit
    def run(labels, rows, arriving):
        value = loss.call(labels, rows)
        gradient = jax.grad(
            lambda rows: ops.sum(arriving * loss.call(labels, rows))
        )(rows)
        return value, gradient

    results = run(labels, rows, arriving)
    return [multihost_utils.process_allgather(x, tiled=True) for x in results]


def main():
    assert jax.process_count() == 2
    keras.distribution.set_distribution(
        keras.distribution.DataParallel(auto_shard_dataset=False)
    )
    half = BATCH // 2
    mine = [
        a.reshape(-1, 2, half, *a.shape[1:])[:, RANK].reshape(-1, *a.shape[1:])
        for a in training_data()
    ]
    results = {}
    for name, loss in LOSSES.items():
        value, gradient = loss_and_gradient(loss)
        results[f"{name} 8 value"], results[f"{name} 8 gradient"] = (
            value,
            gradient,
        )
    for name in FITTED:
        model = compiled(name)
        history = model.fit(*mine, batch_size=half, shuffle=False, verbose=0)
        for key, array in trained(model, history.history).items():
            results[f"{name} {key}"] = array
    if RANK == 0:
        np.savez(PATH, **results)


if __name__ == "__main__":
    main()
