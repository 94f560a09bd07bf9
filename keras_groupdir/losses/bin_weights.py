"""Weights of labels by their bins, inside a loss."""

from typing import Any

import numpy as np
from keras import ops

from keras_groupdir.checks import check_labels
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


def check_bin_weights(weights: ArrayLike, bins: LabelGroups) -> np.ndarray:
    """Returns positive weights, one for each bin, as float64."""
    array = check_labels("bin_weights", weights)
    if len(array) != bins.num_groups or array.min() <= 0:
        raise ValueError(
            "`bin_weights` must hold a positive number for each of the "
            f"{bins.num_groups} bins. Received: bin_weights={array.tolist()}"
        )
    return array


def weights_of_labels(
    labels: Tensor, bins: LabelGroups, bin_weights: Any
) -> Tensor:
    """Weight of each label of a batch. Shape `(batch,)`."""
    table = ops.convert_to_tensor(bin_weights, dtype="float32")
    return ops.take(table, bins.assign_tensor(labels))
