"""Every method by its name."""

from collections.abc import Callable
from functools import partial
from typing import Any

from keras_groupdir.checks import check_choice
from keras_groupdir.recipes import balanced_mse
from keras_groupdir.recipes import bins
from keras_groupdir.recipes import plain
from keras_groupdir.recipes import regularized
from keras_groupdir.recipes import rivals
from keras_groupdir.recipes import two_stage
from keras_groupdir.recipes.grouped import groupdir
from keras_groupdir.recipes.grouped import groupdir_two_stage
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.weights import with_lds

# The paper's rule and start, and its losses alone, eq. (5).
PAPER: dict[str, Any] = {
    "routing": "hard",
    "start": "centers",
    "contrastive_weight": 1.0,
    "group_weight": 1.0,
    "expert_weight": 10.0,
    "prediction_weight": 0.0,
}
# The order of the paper's tables, then what is not in them, then Group-DIR.
RECIPES: dict[str, Callable[..., Recipe]] = {
    "vanilla": plain.vanilla,
    "smoter": two_stage.smoter,
    "smogn": two_stage.smogn,
    "smogn_lds": with_lds(two_stage.smogn),
    "rrt": two_stage.rrt,
    "rrt_lds": with_lds(two_stage.rrt),
    "focal_r": plain.focal_r,
    "focal_r_lds": with_lds(plain.focal_r),
    "inv": plain.inv,
    "inv_lds": with_lds(plain.inv),
    "sqinv": plain.sqinv,
    "sqinv_lds": with_lds(plain.sqinv),
    "lds_fds": with_lds(plain.fds, "LDS + FDS"),
    "bmc": balanced_mse.bmc,
    "gai": balanced_mse.gai,
    "vae": plain.vae,
    "der": plain.der,
    "lds_fds_der": with_lds(plain.fds_der, "LDS + FDS + DER"),
    "con_r": regularized.con_r,
    "ranksim": regularized.ranksim,
    "vir": plain.vir,
    "bni": balanced_mse.bni,
    "ordinal_entropy": regularized.ordinal_entropy,
    "rank_n_contrast": two_stage.rank_n_contrast,
    "dense_weight": plain.dense_weight,
    "fourth_root_inv": plain.fourth_root_inv,
    "hl_gauss": bins.hl_gauss,
    "dldl_v2": bins.dldl_v2,
    "coral": bins.coral,
    "corn": bins.corn,
    "hca": bins.hca,
    "quantile": rivals.quantile,
    "dist_loss": rivals.dist_loss,
    "cisir": rivals.cisir,
    "uvote": rivals.uvote,
    "srl": regularized.srl,
    "group_ce_hard": partial(groupdir, "ce", **PAPER),
    "group_ce": partial(groupdir, "ce", "soft"),
    "group_la_hard": partial(groupdir, "la", **PAPER),
    "group_la": partial(groupdir, "la", "soft"),
    "groupdir_paper": partial(groupdir, **PAPER),
    "groupdir_soft": partial(groupdir, "soft", "soft"),
    "groupdir": groupdir,
    "groupdir_corrected": partial(groupdir, correction="weights"),
    "groupdir_balanced": partial(
        groupdir, correction="weights", reweight="fourth_root_inverse"
    ),
    "groupdir_matched": partial(
        groupdir, correction="weights", reweight="matched"
    ),
    "groupdir_lds": with_lds(groupdir),
    "groupdir_two_stage": groupdir_two_stage,
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
