"""Train, validation and test sets in the manner of the DIR benchmarks."""

import numpy as np

from keras_groupdir.checks import check_whole
from keras_groupdir.groups import LabelGroups
from keras_groupdir.types import ArrayLike


def balanced_split(
    labels: ArrayLike, bins: LabelGroups, most_per_bin: int, seed: int
) -> dict[str, np.ndarray]:
    """Holds out a balanced validation and test set; the rest stays skewed.

    From a bin with `n` samples, `min(n // 3, most_per_bin)` drawn at random go
    to each of validation and test.

    Args:
        labels: Labels. Shape `(n,)` or `(n, 1)`.
        bins: Bins of the label histogram, from `density.label_bins`.
        most_per_bin: Most samples a bin gives to each held-out set.
        seed: Seed of the draw.

    Returns:
        Sorted sample indices of `"train"`, `"val"` and `"test"`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 2, num_groups=2)
    >>> split = balanced_split([0] * 7 + [1] * 3, bins, most_per_bin=1, seed=0)
    >>> {name: len(index) for name, index in split.items()}
    {'train': 6, 'val': 2, 'test': 2}

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    most_per_bin = check_whole("most_per_bin", most_per_bin, at_least=1)
    bin_ids = bins.assign(labels)
    order = np.random.default_rng(seed).permutation(len(bin_ids))
    split: dict[str, list[np.ndarray]] = {"train": [], "val": [], "test": []}
    for bin_id in range(bins.num_groups):
        rows = order[bin_ids[order] == bin_id]
        take = min(len(rows) // 3, most_per_bin)
        split["val"].append(rows[:take])
        split["test"].append(rows[take : 2 * take])
        split["train"].append(rows[2 * take :])
    return {k: np.sort(np.concatenate(v)) for k, v in split.items()}
