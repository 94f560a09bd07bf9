"""Two replicas of MirroredStrategy on one CPU; writes to the file named."""

import sys

import numpy as np
import tensorflow as tf

CPU = tf.config.list_physical_devices("CPU")[0]
HALF = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(CPU, [HALF, HALF])

from tests.replicas.problem import BATCH  # noqa: E402
from tests.replicas.problem import FITTED  # noqa: E402
from tests.replicas.problem import LOSSES  # noqa: E402
from tests.replicas.problem import compiled  # noqa: E402
from tests.replicas.problem import embeddings  # noqa: E402
from tests.replicas.problem import trained  # noqa: E402
from tests.replicas.problem import training_data  # noqa: E402

STRATEGY = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def loss_and_gradient(loss, size, split):
    """The same from both replicas, the first with `split` rows."""
    arrays = embeddings(size)
    spread = [
        STRATEGY.experimental_distribute_values_from_function(
            lambda context, a=a: tf.constant(
                a[:split]
                if context.replica_id_in_sync_group == 0
                else a[split:]
            )
        )
        for a in arrays
    ]

    def local(labels, rows, arriving):
        with tf.GradientTape() as tape:
            tape.watch(rows)
            value = loss.call(labels, rows)
            total = tf.reduce_sum(arriving * value)
        return value, tape.gradient(total, rows)

    run = tf.function(lambda *values: STRATEGY.run(local, args=values))
    return [
        np.concatenate(
            [v.numpy() for v in STRATEGY.experimental_local_results(x)]
        )
        for x in run(*spread)
    ]


def main(path):
    results = {}
    for name, loss in LOSSES.items():
        value, gradient = loss_and_gradient(loss, size=7, split=5)
        results[f"{name} 7 value"], results[f"{name} 7 gradient"] = (
            value,
            gradient,
        )
    for name in FITTED:
        with STRATEGY.scope():
            model = compiled(name)
        history = model.fit(
            *training_data(), batch_size=BATCH, shuffle=False, verbose=0
        )
        for key, array in trained(model, history.history).items():
            results[f"{name} {key}"] = array
    # A last batch of one sample leaves the second replica without any; the
    # model that trained last has its step for any number of them.
    x, y = training_data()
    model.fit(x[:9], y[:9], batch_size=BATCH, shuffle=False, verbose=0)
    results["nine"] = model.predict(x, verbose=0)
    np.savez(path, **results)


if __name__ == "__main__":
    main(sys.argv[1])
