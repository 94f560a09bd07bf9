"""The one method that would have been chosen in place of another."""

import math
import statistics
from collections.abc import Sequence

from keras_groupdir.experiments.comparison import Comparison
from keras_groupdir.experiments.method import Method
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import make_recipe
from keras_groupdir.recipes.plain import plain_model

GROUP_DIR = "groupdir"


def best_rival(
    comparison: Comparison, method: str, weighted: bool = False
) -> Method | None:
    """The rival with the least validation error on this data set.

    The test set has no say in it. Recipes `groupdir*` are no rivals of each
    other, references of none.

    Args:
        comparison: On one data set.
        method: Name of the method that it is a rival of.
        weighted: Whether only plain regressions with density weights count.
            Defaults to `False`.

    Returns:
        `None` if none has a finite run.
    """
    errors = [
        (one.validation_error, place, one)
        for place, one in enumerate(comparison.ranked)
        if _is_rival(one.name, method)
        and (not weighted or is_weighted(one.name))
    ]
    # All of them have finite runs.
    found = min(errors, default=None, key=lambda one: (one[0] or 0.0, one[1]))
    return None if found is None else found[2]


def single_rival(comparisons: Sequence[Comparison], method: str) -> str | None:
    """The rival that one would choose for all data sets by their validation.

    The one with the least mean of the logarithms of its validation errors,
    among those with a finite run on every data set. Who is nobody's rival is
    as for `best_rival`.

    Args:
        comparisons: One for each data set.
        method: Name of the method that it is a rival of.

    Returns:
        Its name; `None` if none was run everywhere.
    """
    scores: dict[str, list[float]] = {}
    for comparison in comparisons:
        for one in comparison.ranked:
            if _is_rival(one.name, method) and one.validation_error:
                found = scores.setdefault(one.name, [])
                found.append(math.log(one.validation_error))
    everywhere = {
        name: statistics.fmean(found)
        for name, found in scores.items()
        if len(found) == len(comparisons)
    }
    return min(everywhere, default=None, key=everywhere.__getitem__)


def _is_rival(name: str, method: str) -> bool:
    is_family = name.startswith(GROUP_DIR) and method.startswith(GROUP_DIR)
    return name != method and not is_family


def is_weighted(name: str) -> bool:
    """Whether a recipe is a plain regression but for its density weights.

    Examples:

    >>> [is_weighted(name) for name in ("sqinv_lds", "vanilla", "lds_fds")]
    [True, False, False]
    """
    if name not in RECIPES:
        return False
    *first, last = make_recipe(name).stages
    return bool(
        not first
        and last.build is plain_model
        and last.losses is None
        and last.weigh is not None
    )
