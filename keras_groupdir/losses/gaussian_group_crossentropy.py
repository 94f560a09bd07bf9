"""Group classification on a Gaussian around the label (HL-Gauss)."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._numerics import group_columns
from keras_groupdir._numerics import plain_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.labels.gaussian_labels import gaussian_labels
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.types import Tensor


@keras.saving.register_keras_serializable(package="keras_groupdir")
class GaussianGroupCrossentropy(GroupLoss):
    """Cross-entropy against the mass of a Gaussian at the label in each group.

    ```
    loss_i = -sum_k gaussian_labels(y_i)[k] * log_softmax(logits_i)[k]
    ```

    The histogram loss HL-Gauss, of many groups: bins. Unlike the soft labels of
    `SoftGroupCrossentropy` it knows where in its group a label is.

    It is the divergence KL(label || prediction) of DLDL-v2 plus the entropy of
    the label's Gaussian, which no weight can change: gradients are the same,
    and the smallest value is that entropy, not 0.

    Args:
        groups: `LabelGroups`, usually many and of one width.
        sigma: Positive float, in widths of a group, see
            `labels.gaussian_labels`. Defaults to `0.75`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> bins = LabelGroups.equal_width(0, 4, num_groups=4)
    >>> loss = GaussianGroupCrossentropy(bins)
    >>> logits = [[0.0, 5.0, 0.0, 0.0]]
    >>> bool(loss([1.5], logits) < loss([1.9], logits))
    True

    Reference:
    - [Imani and White, 2018](https://arxiv.org/abs/1806.04613)
    - [Farebrother et al., 2024](https://arxiv.org/abs/2403.03950), whose
      `sigma` is the default here.
    """

    def __init__(
        self,
        groups: LabelGroups,
        sigma: float = 0.75,
        name: str = "gaussian_group_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)
        self.sigma = check_positive("sigma", sigma)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        logits = group_columns(y_pred, self.groups.num_groups, "y_pred")
        labels = plain_labels(y_true, logits)
        targets = gaussian_labels(labels, self.groups, self.sigma)
        return -ops.sum(targets * ops.log_softmax(logits, axis=-1), axis=-1)
