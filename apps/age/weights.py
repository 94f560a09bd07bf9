"""Weights of training faces, by how rare their age is."""

import numpy as np

from apps.age.settings import Settings
from keras_groupdir.density import density_weights
from keras_groupdir.density import label_bins
from keras_groupdir.groups import LabelGroups

BINS: LabelGroups = label_bins(0, 121, bin_width=1)
# The benchmark's, for ages.
CLIP = (5.0, 1000.0)


def face_weights(ages: np.ndarray, settings: Settings) -> np.ndarray | None:
    """Weights as DIR gives them to ages; None if all weigh the same.

    Args:
        ages: Ages of the training faces. Shape `(n,)`.
        settings: `reweight` and `smooth_density`.

    Returns:
        Weights with a mean of 1. Shape `(n,)`.
    """
    if settings.reweight == "none":
        return None
    return density_weights(
        ages,
        BINS,
        settings.reweight,
        clip=CLIP if settings.reweight == "inverse" else None,
        kernel="gaussian" if settings.smooth_density else None,
    )
