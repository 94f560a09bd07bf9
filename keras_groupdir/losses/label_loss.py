"""What every loss on a plain label shares."""

from typing import Any

import keras

from keras_groupdir._numerics import check_flat
from keras_groupdir._own_config import own_config
from keras_groupdir.types import Tensor


class LabelLoss(keras.losses.Loss):
    """Base of losses on a plain float label and one output of a model.

    Subclasses define `call`, which returns one value per sample, and keep
    what they were constructed with in attributes of the same names.

    Args:
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Raises:
        ValueError: On a call, if `sample_weight` is neither one number nor one
            for each row.
    """

    def __call__(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> Tensor:
        check_flat("sample_weight", sample_weight, y_pred)
        return super().__call__(y_true, y_pred, sample_weight)

    def get_config(self) -> dict[str, Any]:
        own = own_config(self)
        return {**super().get_config(), **own, "dtype": self.dtype}
