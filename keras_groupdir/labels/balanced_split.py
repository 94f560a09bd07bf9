"""Train, validation and test sets in the manner of the DIR benchmarks."""

from collections import Counter
from collections.abc import Hashable
from collections.abc import Sequence

import numpy as np
from keras import ops

from keras_groupdir.checks import check_whole
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.types import ArrayLike


def balanced_split(
    labels: ArrayLike,
    bins: LabelGroups,
    most_per_bin: int,
    seed: int,
    keys: ArrayLike | None = None,
) -> dict[str, np.ndarray]:
    """Holds out a balanced validation and test set; the rest stays skewed.

    From a bin with `n` samples, `min(n // 3, most_per_bin)` drawn at random go
    to each of validation and test.

    Samples that belong together, such as photos of one person or copies of one
    file, would leak from training into the test set. Give them the same key
    and they stay together: keys are drawn in random order, and all samples of
    a key go to validation if there is room for them in each of their bins,
    else to test if there is room there, else to training. The numbers above
    are then what a bin gives at most, and keys with many samples go to
    training more often than others. Keys that are all different change
    nothing.

    Args:
        labels: Labels. Shape `(n,)` or `(n, 1)`.
        bins: Bins of the label histogram, from `LabelGroups.histogram`.
        most_per_bin: Most samples a bin gives to each held-out set.
        seed: Seed of the draw.
        keys: One number, string or other hashable value per sample, or `None`
            if no samples belong together. Shape `(n,)` or `(n, 1)`. Defaults
            to `None`.

    Returns:
        Sorted sample indices of `"train"`, `"val"` and `"test"`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 2, num_groups=2)
    >>> split = balanced_split([0] * 7 + [1] * 3, bins, most_per_bin=1, seed=0)
    >>> {name: len(index) for name, index in split.items()}
    {'train': 6, 'val': 2, 'test': 2}

    With the photos of three persons, two of each:

    >>> persons = ["Ada", "Ada", "Bob", "Bob", "Cem", "Cem"]
    >>> split = balanced_split([0] * 6, bins, 2, seed=0, keys=persons)
    >>> [sorted({persons[i] for i in index}) for index in split.values()]
    [['Ada'], ['Bob'], ['Cem']]

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    most_per_bin = check_whole("most_per_bin", most_per_bin, at_least=1)
    seed = check_whole("seed", seed, at_least=0)
    bins = check_groups(bins, "bins")
    bin_ids = bins.assign(labels)
    order = np.random.default_rng(seed).permutation(len(bin_ids))
    caps = np.minimum(bins.counts(labels) // 3, most_per_bin)
    room = {"val": caps.tolist(), "test": caps.tolist()}
    split: dict[str, list[int]] = {"train": [], "val": [], "test": []}
    for rows in _together(order, _check_keys(keys, len(bin_ids))):
        split[_take_place(bin_ids[rows].tolist(), room)] += rows
    return {name: np.array(sorted(rows), int) for name, rows in split.items()}


def _together(order: np.ndarray, keys: Sequence[Hashable]) -> list[list[int]]:
    """Rows of each key; keys and rows as they come in `order`."""
    rows_of: dict[Hashable, list[int]] = {}
    for row in order.tolist():
        rows_of.setdefault(keys[row], []).append(row)
    return list(rows_of.values())


def _take_place(bin_ids: list[int], room: dict[str, list[int]]) -> str:
    """First set with room for samples of these bins; makes it smaller."""
    wanted = Counter(bin_ids)
    for name, left in room.items():
        if all(left[bin_id] >= n for bin_id, n in wanted.items()):
            for bin_id, n in wanted.items():
                left[bin_id] -= n
            return name
    return "train"


def _check_keys(keys: ArrayLike | None, num_samples: int) -> Sequence[Hashable]:
    if keys is None:
        return range(num_samples)
    keys = _as_list(keys)
    if len(keys) != num_samples:
        raise ValueError(
            "`keys` must hold one key per sample. Received: "
            f"{len(keys)} keys for {num_samples} labels"
        )
    for row, key in enumerate(keys):
        if not _is_plain(key):
            raise ValueError(
                "`keys` must hold numbers, strings or other hashable values. "
                f"Received: keys[{row}] of type {type(key).__name__}"
            )
        if key is None or key != key:  # NaN is unlike itself
            raise ValueError(
                "`keys` must name every sample; one of unknown origin needs a "
                f"key of its own. Received: keys[{row}]={key!r}"
            )
    return keys


def _as_list(keys: ArrayLike) -> list[Hashable]:
    if isinstance(keys, list | tuple):
        return list(keys)
    # Values, since elements of a tensor have no hash, or one for each object.
    array = keys if isinstance(keys, np.ndarray) else ops.convert_to_numpy(keys)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    return np.atleast_1d(array).tolist()


def _is_plain(key: object) -> bool:
    """Whether equal keys have one hash; tensors hash by object, or not."""
    if hasattr(key, "__array__") and not isinstance(key, np.generic):
        return False
    try:
        hash(key)
    except TypeError:
        return False
    return True
