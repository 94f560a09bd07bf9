"""The rule by which the DIR benchmarks split faces."""

from collections.abc import Hashable
from collections.abc import Sequence

import numpy as np

from keras_groupdir import LabelGroups
from keras_groupdir.labels import balanced_split
from keras_groupdir.types import ArrayLike

SEED = 666
OLDEST = 120


def split_by_age(
    ages: ArrayLike,
    most_per_age: int,
    keys: Sequence[Hashable] | None = None,
) -> np.ndarray:
    """Draws a validation and a test set with few faces of any one age.

    From an age with `n` faces, `min(n // 3, most_per_age)` go to each of the
    two; all above 120 years stay in training. The benchmarks were drawn like
    this, but by another generator: the faces drawn are not theirs.

    Args:
        ages: Ages in years. Shape `(n,)`.
        most_per_age: Most faces of an age in each held-out set.
        keys: Faces of one key stay together, see `balanced_split`.

    Returns:
        "train", "val" or "test" for each face. Shape `(n,)`.
    """
    ages = np.asarray(ages, dtype="float64")
    is_drawn = ages < OLDEST + 1
    if keys is not None:
        # Who is once above 120 stays in training with all faces.
        kept = {keys[row] for row in np.flatnonzero(~is_drawn).tolist()}
        is_drawn &= np.array([key not in kept for key in keys], dtype=bool)
    drawn = np.flatnonzero(is_drawn)
    if keys is not None:
        keys = [keys[row] for row in drawn.tolist()]
    split = balanced_split(
        ages[drawn],
        LabelGroups.equal_width(0, OLDEST + 1, width=1),
        most_per_age,
        seed=SEED,
        keys=keys,
    )
    names = np.full(len(ages), "train")
    for name in ("val", "test"):
        names[drawn[split[name]]] = name
    return names
