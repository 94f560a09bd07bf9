"""What recipes have to know of faces: as in DIR, for ages."""

import numpy as np

from keras_groupdir import LabelGroups
from keras_groupdir.recipes import LabelTask

BINS = LabelGroups.equal_width(0, 121, width=1)
CLIP = (5.0, 1000.0)


def face_task(ages: np.ndarray) -> LabelTask:
    """The task of training faces with these ages, of shape `(n,)`."""
    return LabelTask(
        ages,
        BINS,
        error="absolute",
        reweight="sqrt_inverse",
        clip=CLIP,
    )
