"""Train, validation and test rows as blocks of neighbours in a file."""

import numpy as np

# How the rows of one file are split: balanced over the labels, or by time.
SPLIT_BY = ("random", "blocks")
# Of which so many go to validation, and as many to the test set.
NUM_BLOCKS, HELD_OUT = 20, 2


def block_split(num_rows: int, seed: int) -> dict[str, np.ndarray]:
    """Cuts rows into blocks in their order; whole blocks are held out.

    For rows in the order of time, of which neighbours are alike: drawn one by
    one, a row of the test set would have its neighbours in training. Only rows
    at the ends of blocks still have. The labels of what is held out are as
    skewed as all.

    Args:
        num_rows: At least `NUM_BLOCKS`.
        seed: Of the draw of the blocks.

    Returns:
        Sorted row numbers of `"train"`, `"val"` and `"test"`.

    Examples:

    >>> split = block_split(40, seed=0)
    >>> {name: len(rows) for name, rows in split.items()}
    {'train': 32, 'val': 4, 'test': 4}
    """
    if num_rows < NUM_BLOCKS:
        raise ValueError(
            f"`num_rows` must be at least {NUM_BLOCKS}, a row for each block. "
            f"Received: {num_rows}"
        )
    blocks = np.array_split(np.arange(num_rows), NUM_BLOCKS)
    order = np.random.default_rng(seed).permutation(NUM_BLOCKS)
    drawn = {
        "train": order[2 * HELD_OUT :],
        "val": order[:HELD_OUT],
        "test": order[HELD_OUT : 2 * HELD_OUT],
    }
    return {
        name: np.concatenate([blocks[block] for block in sorted(numbers)])
        for name, numbers in drawn.items()
    }
