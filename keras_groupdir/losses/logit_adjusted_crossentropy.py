"""Group classification with logit adjustment, the paper's LA."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_positive
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.types import ArrayLike
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class LogitAdjustedCrossentropy(GroupLoss):
    """Cross-entropy that evens out how common the groups are.

    ```
    loss_i = -log_softmax(group_logits_i + tau * log(prior))[g_i]
    ```

    with `prior` the share of each group in training. A group without a
    training sample counts as one sample, so that its log is finite.

    Args:
        groups: `LabelGroups`.
        counts: Training samples of each group, `groups.counts(labels)`. Shape
            `(num_groups,)`.
        tau: Positive float, strength of the adjustment. Defaults to `1.0`, the
            published one.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 1, num_groups=2)
    >>> loss = LogitAdjustedCrossentropy(groups, counts=[3, 1])
    >>> round(float(loss([0.9], [[0.0, 0.0]])), 4)  # log(4)
    1.3863

    Reference:
    - [Menon et al., 2021](https://arxiv.org/abs/2007.07314)
    """

    def __init__(
        self,
        groups: LabelGroups,
        counts: ArrayLike,
        tau: float = 1.0,
        name: str = "logit_adjusted_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)
        counts = check_counts("counts", counts, self.groups.num_groups)
        self.counts = counts.tolist()
        self.tau = check_positive("tau", tau)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        prior = np.maximum(self.counts, 1)
        shift = self.tau * np.log(prior / prior.sum())
        ids, logits = self.ids_and_outputs(y_true, y_pred)
        logits = logits + ops.convert_to_tensor(shift[None, :], "float32")
        return ops.sparse_categorical_crossentropy(
            ids, logits, from_logits=True
        )
