"""Train, validation and test rows of a table in one file."""

import warnings

import numpy as np

from apps.data.block_split import NUM_BLOCKS
from apps.data.block_split import block_split
from keras_groupdir import LabelGroups
from keras_groupdir.labels import balanced_split

# What validation and test hold of the rows, at most.
HELD_OUT = 0.1
# Shares of that, below which it is said, and refused.
FEW, TOO_FEW = 0.4, 0.1
# Of a target of which some can be held out.
FEWEST = 3
# Rows with the most common target, and all others.
KINDS = LabelGroups.equal_width(0, 2, num_groups=2)


def split_by_blocks(
    path: str, labels: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """Blocks of neighbours in the file, see `block_split`.

    Args:
        path: For the messages.
        labels: Of all rows. Shape `(n,)`.
        seed: Of the draw.
    """
    if len(labels) < NUM_BLOCKS:
        raise ValueError(
            f"{path} must have at least {NUM_BLOCKS} rows to be split by "
            f"blocks. Received: {len(labels)} rows"
        )
    split = block_split(len(labels), seed)
    train = labels[split["train"]]
    if train.min() == train.max():
        raise ValueError(
            f"{path} must have different values of the target in the blocks "
            f"to train on. Received: {train[0]:g} in every row"
        )
    return split


def split_at_random(
    path: str, labels: np.ndarray, bins: LabelGroups, seed: int
) -> dict[str, np.ndarray]:
    """Validation and test sets that are balanced over the labels.

    Where most rows have one target, such as 0, bins of the others may be too
    empty to give any. Then rows with this target and all others are two kinds
    that are balanced, which is warned of. Where it is that there are more bins
    than rows to fill them, wider ones are balanced.

    Args:
        path: For the messages.
        labels: Of all rows, not all the same. Shape `(n,)`.
        bins: Of the label histogram.
        seed: Of the draw.
    """
    split = _draw(labels, bins, seed)
    if _share(split) < FEW and _are_sparse(labels, bins):
        bins = LabelGroups.histogram(labels, _num_held_out(labels))
        split = _draw(labels, bins, seed)
    if not len(split["test"]):
        raise ValueError(
            f"{path} must have at least {FEWEST} rows of about the same "
            "target, so that some can be held out. Received: "
            f"{len(labels)} rows"
        )
    common, count = _most_common(labels)
    is_poor = _share(split) < TOO_FEW or np.all(labels[split["test"]] == common)
    # One mistyped number leaves all others in one bin with the common target.
    num_apart = np.sum(bins.assign(labels) != bins.assign([common]))
    if is_poor and count > len(labels) / 2 and num_apart >= FEWEST:
        split = _draw(labels != common, KINDS, seed)
        warnings.warn(_balanced_over_kinds(path, labels, split), stacklevel=2)
    elif _share(split) < FEW:
        said = _few_held_out(path, labels, bins, split)
        if _share(split) < TOO_FEW:
            raise ValueError(said)
        warnings.warn(said, stacklevel=2)
    return split


def _draw(
    labels: np.ndarray, bins: LabelGroups, seed: int
) -> dict[str, np.ndarray]:
    most = int(np.ceil(HELD_OUT * len(labels) / bins.num_groups))
    return balanced_split(labels, bins, most, seed)


def _are_sparse(labels: np.ndarray, bins: LabelGroups) -> bool:
    """Whether most rows are in bins too empty to give any.

    Those of the fullest bin aside, such as with a target of 0. Where that has
    most rows, labels are skewed: wider bins would hide a mistyped number.
    """
    counts = bins.counts(labels)
    others = len(labels) - counts.max()
    alone = counts[counts < FEWEST].sum()
    is_spread = counts.max() <= len(labels) / 2 and alone > others / 2
    return bool(is_spread and _num_held_out(labels) > 1)


def _num_held_out(labels: np.ndarray) -> int:
    """Bins of which each has to give one row, and has ten on average."""
    return int(HELD_OUT * len(labels))


def _share(split: dict[str, np.ndarray]) -> float:
    """Rows of the test set, as a share of what it may hold."""
    return len(split["test"]) / (HELD_OUT * sum(map(len, split.values())))


def _balanced_over_kinds(
    path: str, labels: np.ndarray, split: dict[str, np.ndarray]
) -> str:
    common, count = _most_common(labels)
    test = labels[split["test"]]
    return (
        f"{path}: {count} of {len(labels)} rows have a target of {common:g}. "
        "Validation and test set are balanced over these and the others, not "
        f"over the labels: each has {len(test)} rows, of which "
        f"{np.sum(test != common)} have another target."
    )


def _few_held_out(
    path: str,
    labels: np.ndarray,
    bins: LabelGroups,
    split: dict[str, np.ndarray],
) -> str:
    """What is wrong with a target, and what to do."""
    common, count = _most_common(labels)
    low, middle, high = np.quantile(labels, [0.25, 0.5, 0.75])
    todo = ["mend a mistyped number"]
    if count > len(labels) / 2:
        why = f"{count} have a target of {common:g}"
    elif bins.counts(labels).max() > len(labels) / 2:
        why = f"few have a target that is not near its median of {middle:g}"
    else:
        # One wrong number would have left all others in one bin.
        why = f"half of all have a target from {low:g} to {high:g}"
        todo = []
    if len(labels) - count < FEWEST:
        todo = [f"give at least {FEWEST} rows with another target"]
    elif labels.min() > 0:
        todo.append("take the logarithm of the target")
    todo.append("or split the rows yourself" if todo else "split the rows")
    do = ", ".join(todo)
    return (
        f"{path}: validation and test set have only {len(split['test'])} of "
        f"{len(labels)} rows, as {why}; it goes from {labels.min():g} to "
        f"{labels.max():g}. {do[0].upper()}{do[1:]} into three files, "
        "_train.csv, _val.csv and _test.csv."
    )


def _most_common(labels: np.ndarray) -> tuple[float, int]:
    """The target that most rows have, and how many have it."""
    values, counts = np.unique(labels, return_counts=True)
    at = int(np.argmax(counts))
    return float(values[at]), int(counts[at])
