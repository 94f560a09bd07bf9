"""What recipes have to know of faces: as in DIR, for ages."""

import numpy as np

from keras_groupdir import LabelGroups
from keras_groupdir.recipes import LabelTask

BINS = LabelGroups.equal_width(0, 121, width=1)
CLIP = (5.0, 1000.0)


def face_task(
    ages: np.ndarray, held_out: np.ndarray | None = None
) -> LabelTask:
    """The task of training faces.

    Args:
        ages: Of them. Shape `(n,)`.
        held_out: Ages of the validation set. Shape `(m,)`.
    """
    return LabelTask(
        ages,
        BINS,
        error="absolute",
        reweight="sqrt_inverse",
        clip=CLIP,
        held_out=held_out,
    )
