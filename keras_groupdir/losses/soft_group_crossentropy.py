"""Group classification on soft labels, eq. (4) of the paper."""

from typing import Any

import keras
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.soft_labels import check_beta
from keras_groupdir.labels.soft_labels import soft_labels
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class SoftGroupCrossentropy(GroupLoss):
    """Cross-entropy against symmetric descending soft labels.

    ```
    loss_i = -sum_k soft_labels(g_i)[k] * log_softmax(group_logits_i)[k]
    ```

    A wrong group near the true one costs less than a far one. The paper sums
    over the batch; here, as everywhere in Keras, the batch is averaged. The
    smallest value is the entropy of the soft label, not 0.

    Args:
        groups: `LabelGroups`.
        beta: At least 1e-3, see `soft_labels`. Defaults to `1.0`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 5, num_groups=5)
    >>> loss = SoftGroupCrossentropy(groups)
    >>> near = loss([0.5], [[0.0, 5.0, 0.0, 0.0, 0.0]])
    >>> far = loss([0.5], [[0.0, 0.0, 0.0, 0.0, 5.0]])
    >>> bool(near < far)
    True

    Reference:
    - Pu et al., Group-DIR, AAAI 2025, eq. (4).
    """

    def __init__(
        self,
        groups: LabelGroups,
        beta: float = 1.0,
        name: str = "soft_group_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)
        self.beta = check_beta(beta)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        ids, logits = self.ids_and_outputs(y_true, y_pred)
        targets = soft_labels(ids, self.groups.num_groups, self.beta)
        log_probs = ops.log_softmax(logits, axis=-1)
        return -ops.sum(targets * log_probs, axis=-1)
