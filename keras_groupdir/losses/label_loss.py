"""What every loss on a plain label shares."""

from typing import Any
from typing import ClassVar

import keras


class LabelLoss(keras.losses.Loss):
    """Base of losses on a plain float label and one output of a model.

    Subclasses define `call`, which returns one value per sample, and list in
    `settings` what they were constructed with, attributes of the same names.

    Args:
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.
    """

    settings: ClassVar[tuple[str, ...]] = ()

    def get_config(self) -> dict[str, Any]:
        # Those of base classes, too.
        names = [
            name
            for base in type(self).__mro__
            for name in vars(base).get("settings", ())
        ]
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **own, "dtype": self.dtype}
