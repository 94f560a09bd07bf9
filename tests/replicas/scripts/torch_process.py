"""One of two torch processes; rank 0 writes to the file named.

Arguments: rank, port, file.
"""

import os
import sys

RANK, PORT, PATH = int(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ.update(
    MASTER_ADDR="localhost", MASTER_PORT=PORT, RANK=str(RANK), WORLD_SIZE="2"
)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import distributed  # noqa: E402

from apps.torch_ddp.train import train_epoch  # noqa: E402
from tests.replicas.problem import BATCH  # noqa: E402
from tests.replicas.problem import FITTED  # noqa: E402
from tests.replicas.problem import LOSSES  # noqa: E402
from tests.replicas.problem import RATE  # noqa: E402
from tests.replicas.problem import compiled  # noqa: E402
from tests.replicas.problem import embeddings  # noqa: E402
from tests.replicas.problem import training_data  # noqa: E402

HALF = BATCH // 2


def loss_and_gradient(loss):
    mine = slice(HALF * RANK, HALF * (RANK + 1))
    labels, rows, arriving = (torch.tensor(a[mine]) for a in embeddings(BATCH))
    rows.requires_grad_(True)
    value = loss.call(labels, rows)
    (arriving * value).sum().backward()
    return together(value.detach()), together(rows.grad)


def refuses_other_sizes(loss):
    """Whether a rank says that the other one has another number of rows."""
    labels, rows, _ = (torch.tensor(a) for a in embeddings(HALF + RANK))
    try:
        loss.call(labels, rows)
    except ValueError as error:
        return f"batches of [{HALF}, {HALF + 1}] samples" in str(error)
    return False


def together(mine):
    parts = [torch.empty_like(mine) for _ in range(2)]
    distributed.all_gather(parts, mine)
    return torch.cat(parts).numpy()


def train(name):
    model = compiled(name)
    parallel = torch.nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.SGD(parallel.parameters(), RATE)
    x, y = training_data()
    starts = range(HALF * RANK, len(y), BATCH)
    batches = [(x[s : s + HALF], y[s : s + HALF]) for s in starts]
    loss = train_epoch(parallel, model, optimizer, batches)
    arrays = {f"w{i}": w for i, w in enumerate(model.get_weights())}
    return {**arrays, "loss": np.array(loss)}


def main():
    distributed.init_process_group("gloo")
    results = {}
    for name, loss in LOSSES.items():
        value, gradient = loss_and_gradient(loss)
        results[f"{name} 8 value"], results[f"{name} 8 gradient"] = (
            value,
            gradient,
        )
        assert refuses_other_sizes(loss), f"{name} took unequal ranks"
    for name in FITTED:
        for key, array in train(name).items():
            results[f"{name} {key}"] = array
    # Evaluating on one rank alone must not wait for the other.
    if RANK == 0:
        x, y = training_data()
        compiled("default").evaluate(x, y, verbose=0)
        np.savez(PATH, **results)
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
