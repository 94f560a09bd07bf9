"""What a model predicts for samples, in each way that it can."""

from dataclasses import dataclass
from dataclasses import field

import numpy as np


@dataclass(frozen=True)
class PredictedRows:
    """The rows of a shot table, before errors are taken.

    Attributes:
        own: Name of the row that is the model's own prediction.
        predictions: Predictions by row, each of shape `(n,)`.
        extras: More numbers about the model, by name.
    """

    own: str
    predictions: dict[str, np.ndarray]
    extras: dict[str, float] = field(default_factory=dict)
