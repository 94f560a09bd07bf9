"""What the report knows of a finished run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apps.age.panels.numbers import group_confusion
from keras_groupdir import LabelGroups


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        name: For legends.
        color: For lines.
        folder: Where it was read from.
        settings: Settings by name.
        history: Errors of every epoch, by the name of the metric.
        best_epoch: Epoch whose weights were kept, from 1.
        labels: Ages of the test set. Shape `(n,)`.
        prediction: Predicted ages. Shape `(n,)`.
        train_labels: Ages of the training set. Shape `(m,)`.
    """

    name: str
    color: str
    folder: Path
    settings: dict[str, Any]
    history: dict[str, list[float]]
    best_epoch: int
    labels: np.ndarray
    prediction: np.ndarray
    train_labels: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """Absolute errors of the test set, in years. Shape `(n,)`."""
        return np.abs(self.prediction - self.labels)


@dataclass(frozen=True)
class GroupRun(Run):
    """A finished run of Group-DIR.

    Attributes:
        groups: Its groups of ages.
        group_logits: Shape `(n, num_groups)`.
    """

    groups: LabelGroups
    group_logits: np.ndarray

    @property
    def confusion(self) -> np.ndarray:
        """See `group_confusion`, of the test set."""
        return group_confusion(self.labels, self.group_logits, self.groups)
