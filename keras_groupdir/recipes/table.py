"""Every method by its name."""

from collections.abc import Callable
from functools import partial
from typing import Any

from keras_groupdir.checks import check_choice
from keras_groupdir.recipes import balanced_mse
from keras_groupdir.recipes import evidential
from keras_groupdir.recipes import grouped
from keras_groupdir.recipes import plain
from keras_groupdir.recipes import regularized
from keras_groupdir.recipes import two_stage
from keras_groupdir.recipes import variational
from keras_groupdir.recipes.recipe import Recipe

# The order of the paper's tables, then what is not in them, then Group-DIR.
RECIPES: dict[str, Callable[..., Recipe]] = {
    "vanilla": plain.vanilla,
    "smoter": two_stage.smoter,
    "smogn": two_stage.smogn,
    "smogn_lds": partial(two_stage.smogn, lds=True),
    "rrt": two_stage.rrt,
    "rrt_lds": partial(two_stage.rrt, lds=True),
    "focal_r": plain.focal_r,
    "focal_r_lds": partial(plain.focal_r, lds=True),
    "inv": partial(plain.weighted, "INV", "inverse", False),
    "inv_lds": partial(plain.weighted, "INV + LDS", "inverse", True),
    "sqinv": partial(plain.weighted, "SQINV", "sqrt_inverse", False),
    "sqinv_lds": partial(plain.weighted, "SQINV + LDS", "sqrt_inverse", True),
    "lds_fds": plain.lds_fds,
    "bmc": balanced_mse.bmc,
    "gai": balanced_mse.gai,
    "vae": variational.vae,
    "der": evidential.der,
    "lds_fds_der": evidential.lds_fds_der,
    "con_r": regularized.con_r,
    "ranksim": regularized.ranksim,
    "vir": variational.vir,
    "bni": balanced_mse.bni,
    "ordinal_entropy": regularized.ordinal_entropy,
    "rank_n_contrast": two_stage.rank_n_contrast,
    "dense_weight": plain.dense_weight,
    "group_ce_hard": partial(grouped.groupdir, "ce", "hard"),
    "group_ce": partial(grouped.groupdir, "ce", "soft"),
    "group_la_hard": partial(grouped.groupdir, "la", "hard"),
    "group_la": partial(grouped.groupdir, "la", "soft"),
    "groupdir_hard": partial(grouped.groupdir, "soft", "hard"),
    "groupdir_soft": partial(grouped.groupdir, "soft", "soft"),
    "groupdir": grouped.groupdir,
    "groupdir_balanced": partial(grouped.groupdir, tau=0.5),
    "groupdir_lds": partial(grouped.groupdir, lds=True),
}


def make_recipe(name: str, **settings: Any) -> Recipe:
    """The recipe of a method.

    Args:
        name: One of `RECIPES`.
        **settings: Of that method; see the function in `RECIPES`.

    Returns:
        `Recipe`, for `fit_recipe`, or to use its stages yourself.

    Examples:

    >>> make_recipe("focal_r", beta=5.0).title
    'FOCAL-R'
    """
    make = RECIPES[check_choice("name", name, RECIPES)]
    try:
        return make(**settings)
    except TypeError as error:
        raise ValueError(
            f"`settings` must be those of the recipe {name!r}. "
            f"Received: {settings} ({error})"
        ) from error
