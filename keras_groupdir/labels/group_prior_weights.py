"""Weights of groups for a set where all are as common as each other."""

import numpy as np

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_not_negative
from keras_groupdir.types import ArrayLike


def group_prior_weights(counts: ArrayLike, tau: float = 0.5) -> np.ndarray:
    """Group weights that undo how common groups are in training.

    `w_g = n_g ** -tau`, rescaled to a mean of 1, with `n_g` at least 1. With
    `tau=1`, and a classifier that knows its posterior exactly, routing becomes
    that of a set where all groups are as common as each other. Trained ones
    know it less well: choose `tau` on balanced validation data.

    Args:
        counts: Training labels of each group, `groups.counts(labels)`. Shape
            `(num_groups,)`.
        tau: How much of it to undo, at least 0. Defaults to `0.5`.

    Returns:
        Weights for `GroupRegressor`. Shape `(num_groups,)`.

    Examples:

    >>> group_prior_weights([400, 100, 0]).round(3).tolist()
    [0.13, 0.261, 2.609]

    Reference:
    - [Saerens et al., 2002](https://doi.org/10.1162/089976602753284446)
    - [Menon et al., 2021](https://arxiv.org/abs/2007.07314), with `tau`.
    """
    tau = check_not_negative("tau", tau)
    weights = np.maximum(check_counts("counts", counts), 1.0) ** -tau
    return weights / weights.mean()
