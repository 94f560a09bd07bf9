"""The one method that would have been chosen in place of another."""

from keras_groupdir.experiments.comparison import Comparison
from keras_groupdir.experiments.comparison import Method
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
    own_family = method.startswith(GROUP_DIR)
    errors = [
        (one.validation_error, place, one)
        for place, one in enumerate(comparison.ranked)
        if one.name != method
        and not (own_family and one.name.startswith(GROUP_DIR))
        and (not weighted or is_weighted(one.name))
    ]
    # All of them have finite runs.
    found = min(errors, default=None, key=lambda one: (one[0] or 0.0, one[1]))
    return None if found is None else found[2]


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
