"""A recipe: Group-DIR under torch's DistributedDataParallel, on diamonds.

    KERAS_BACKEND=torch torchrun --nproc-per-node 2 -m apps.torch_ddp

Keras has no strategy for torch, so the loop is torch's own; `train_epoch` is
all there is to it. Contrastive losses find the other ranks by themselves: each
anchor is compared with the samples of all. Every rank has to bring batches of
one size, and as many.
"""

import argparse
import os
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np

from apps.common.flags import POSITIVE
from apps.common.flags import SEED
from apps.common.flags import WHOLE
from apps.data.diamonds import diamonds
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir import LabelModel
from keras_groupdir import evaluate_shots


def main(argv: list[str] | None = None) -> float:
    """Trains one rank; rank 0 evaluates. Returns the last epoch's loss."""
    settings = _parse(argv)
    if keras.config.backend() != "torch":
        raise SystemExit(
            "This recipe is for torch: set KERAS_BACKEND=torch. "
            f"Keras runs on {keras.config.backend()}."
        )
    import torch
    from torch import distributed

    # torchrun says who we are; alone, we are the only rank.
    for name, alone in (("RANK", "0"), ("WORLD_SIZE", "1")):
        os.environ.setdefault(name, alone)
    os.environ.setdefault("MASTER_ADDR", "localhost")
    os.environ.setdefault("MASTER_PORT", "29500")
    distributed.init_process_group("gloo")
    rank, ranks = distributed.get_rank(), distributed.get_world_size()
    if settings.batch_size % ranks:
        raise SystemExit(
            f"--batch-size must be a multiple of the {ranks} ranks. Received: "
            f"{settings.batch_size}"
        )
    problem = diamonds(settings.seed)
    (x, y), (test_x, test_y), task = problem.train, problem.test, problem.task
    if settings.batch_size > len(y):
        raise SystemExit(
            f"--batch-size must be at most the {len(y)} training samples. "
            f"Received: {settings.batch_size}"
        )

    # DDP copies rank 0's weights to all; the same seed makes the same head.
    encoder = problem.encoder(settings.seed)
    groups = LabelGroups.equal_width(task.low, task.high, num_groups=10)
    model = GroupRegressor(encoder, groups, error=task.error)
    model.compile()
    parallel = torch.nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.Adam(parallel.parameters(), settings.learning_rate)
    loss = float("nan")
    for epoch in range(settings.epochs):
        batches = rank_batches(
            x, y, settings.batch_size, rank, ranks, seed=epoch
        )
        loss = train_epoch(parallel, model, optimizer, batches)
        if rank == 0:
            print(f"Epoch {epoch + 1} on {ranks} ranks: loss {loss:.4f}")
    if rank == 0:
        table = evaluate_shots(model, test_x, test_y, y, task.bins, verbose=0)
        print(table.to_text(metrics=("mae",)))
    distributed.destroy_process_group()
    return loss


def train_epoch(
    parallel: Any,
    model: LabelModel,
    optimizer: Any,
    batches: Iterable[tuple[np.ndarray, np.ndarray]],
) -> float:
    """Trains on the batches of this rank.

    Args:
        parallel: `DistributedDataParallel(model)`.
        model: A compiled model; its Keras optimizer is not used.
        optimizer: A torch optimizer of the model's parameters.
        batches: `(x, y)` of one size on all ranks.

    Returns:
        Mean loss over the batches of all ranks.
    """
    import torch
    from torch import distributed

    losses = []
    for x, y in batches:
        optimizer.zero_grad()
        outputs = parallel(keras.ops.convert_to_tensor(x), training=True)
        loss = model.compute_loss(x, keras.ops.convert_to_tensor(y), outputs)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    mean = torch.stack(losses).mean()
    distributed.all_reduce(mean)
    return float(mean) / distributed.get_world_size()


def rank_batches(
    x: np.ndarray, y: np.ndarray, size: int, rank: int, ranks: int, seed: int
) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    """Shuffles as all ranks do and yields this rank's part of each batch.

    Args:
        x: Features of all samples.
        y: Labels of all samples.
        size: Samples of a batch over all ranks; what is left over is dropped.
        rank: This rank.
        ranks: Number of ranks, a divisor of `size`.
        seed: Seed of the order.
    """
    if size % ranks:
        raise ValueError(
            "`size` must be a multiple of the number of ranks. "
            f"Received: size={size}, ranks={ranks}"
        )
    if size > len(y):
        raise ValueError(
            f"`size` must be at most the {len(y)} samples there are. "
            f"Received: size={size}"
        )
    order = np.random.default_rng(seed).permutation(len(y))
    share = size // ranks
    for start in range(rank * share, len(y) // size * size, size):
        rows = order[start : start + share]
        yield x[rows], y[rows]


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="torchrun --nproc-per-node 2 -m apps.torch_ddp",
        description="Group-DIR on diamonds, several torch processes.",
    )
    parser.add_argument("--epochs", type=WHOLE, default=5)
    parser.add_argument("--batch-size", type=WHOLE, default=512)
    parser.add_argument("--learning-rate", type=POSITIVE, default=2e-3)
    parser.add_argument("--seed", type=SEED, default=0)
    return parser.parse_args(argv)
