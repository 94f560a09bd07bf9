"""What a distribution over groups expects of the label."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir._numerics import group_columns
from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_labels
from keras_groupdir.labels.check_groups import check_groups
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GroupExpectation(keras.layers.Layer):
    """The mean label under the probabilities of groups.

    ```
    prediction_i = sum_k softmax(logits_i)[k] * values[k]
    ```

    It has no weights. Under a mixed policy give it `dtype="float32"`, as any
    last layer: half precision would round labels such as ages or prices.

    Args:
        groups: `LabelGroups`.
        values: What each group stands for, in label units, such as the mean of
            its training labels. Shape `(num_groups,)`. Defaults to `None`: the
            centers.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        logits: Shape `(batch, num_groups)`.

    Returns:
        Predictions in label units. Shape `(batch, 1)`.

    Examples:

    >>> layer = GroupExpectation(LabelGroups.from_edges([0, 10, 40]))
    >>> layer(np.array([[3.0, 3.0]], "float32")).shape == (1, 1)
    True
    >>> float(layer(np.array([[3.0, 3.0]], "float32"))[0, 0])
    15.0
    """

    def __init__(
        self,
        groups: LabelGroups,
        values: ArrayLike | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.groups = check_groups(groups)
        if values is not None:
            values = check_labels("values", values).tolist()
            if len(values) != self.groups.num_groups:
                raise ValueError(
                    "`values` must hold one label for each of the "
                    f"{self.groups.num_groups} groups. "
                    f"Received: {len(values)} numbers"
                )
        self.values = values

    def call(self, logits: Tensor) -> Tensor:
        groups = self.groups
        dtype = logits.dtype
        logits = group_columns(logits, groups.num_groups, "logits")
        values = groups.centers if self.values is None else self.values
        # From the range scaled to 1, where labels in any unit keep digits.
        scaled = (np.asarray(values) - groups.low) / groups.span
        scaled = ops.convert_to_tensor(scaled[None, :], dtype="float32")
        probs = ops.softmax(logits, axis=-1)
        mean = ops.sum(probs * scaled, axis=-1, keepdims=True)
        return ops.cast(groups.low + groups.span * mean, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
