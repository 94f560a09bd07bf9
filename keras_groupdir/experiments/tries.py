"""The same number of tries of its settings for every method."""

from typing import Any

from keras_groupdir.experiments.problem import Problem

# Learning rates, as multiples of the problem's own: of the default settings,
# once more of them, and of two others. Methods without settings of their own
# have the same number of tries, of the learning rate alone.
RATES = (1.0, 2.0, 1.0, 2.0)
RATES_ALONE = (1.0, 2.0, 0.5, 1.5)
MOST_TRIES = len(RATES)

_RESAMPLED: tuple[dict[str, Any], ...] = (
    {"threshold": 0.7},
    {"threshold": 0.9},
)
_FOCAL = ({"beta": 5.0}, {"beta": 80.0})
_SIGMA = ({"sigma": 1.0}, {"sigma": 4.0})
_EVIDENCE = ({"evidence_weight": 0.1}, {"evidence_weight": 1.0})
_NOISE = ({"noise": 0.2}, {"noise": 0.05})
_MIXED: tuple[dict[str, Any], ...] = (
    {"group_weight": 0.1},
    {"contrastive_weight": 1.0, "start": "centers"},
)
_ONE_HOT: tuple[dict[str, Any], ...] = (
    {"group_weight": 0.1},
    {"num_groups": 20},
)
# Fewer groups than the bins of a task, which are its defaults.
_ORDINAL = ({"num_groups": 10}, {"num_groups": 20})
_HARD = ({"num_groups": 5}, {"num_groups": 20})
# What else is tried than the defaults of the recipes.
SETTINGS: dict[str, tuple[dict[str, Any], ...]] = {
    "smoter": _RESAMPLED,
    "smogn": _RESAMPLED,
    "smogn_lds": _RESAMPLED,
    "focal_r": _FOCAL,
    "focal_r_lds": _FOCAL,
    "lds_fds": _SIGMA,
    "bmc": _NOISE,
    "gai": _NOISE,
    "bni": _NOISE,
    "vae": ({"divergence_weight": 1e-4}, {"divergence_weight": 1e-2}),
    "vir": ({"divergence_weight": 1e-4}, {"evidence_weight": 0.1}),
    "der": _EVIDENCE,
    "lds_fds_der": _EVIDENCE,
    "con_r": ({"weight": 0.004}, {"weight": 0.04, "temperature": 0.2}),
    "ordinal_entropy": ({"weight": 1e-2}, {"weight": 1e-1}),
    "rank_n_contrast": ({"temperature": 1.0}, {"temperature": 4.0}),
    "dense_weight": ({"alpha": 0.5}, {"alpha": 0.25}),
    "hl_gauss": ({"num_bins": 100}, {"sigma": 2.0}),
    "dldl_v2": ({"prediction_weight": 10.0}, {"sigma": 0.75}),
    "coral": _ORDINAL,
    "corn": _ORDINAL,
    "hca": ({"depth": 4}, {"depth": 6}),
    "quantile": ({"level": 0.1}, {"level": 0.25}),
    "dist_loss": ({"weight": 0.3}, {"weight": 0.1}),
    "cisir": ({"alpha": 0.5}, {"weight": 0.01}),
    "uvote": ({"voting": "precision"}, {"num_heads": 5}),
    "srl": ({"weight": 1e-4}, {"weight": 1e-2}),
    "group_ce_hard": _HARD,
    "group_ce": _ONE_HOT,
    "group_la_hard": _HARD,
    "group_la": _ONE_HOT,
    "groupdir_paper": ({"num_groups": 5}, {"num_groups": 20, "beta": 0.5}),
    "groupdir_soft": _MIXED,
    "groupdir": _MIXED,
    "groupdir_corrected": _MIXED,
    # Weights do harm where what is common counts most.
    "groupdir_balanced": ({"group_weight": 0.1}, {"reweight": None}),
    "groupdir_matched": _MIXED,
    "groupdir_lds": _MIXED,
}
# RankSim's published weight depends on the error that it stands beside.
RANKSIM: dict[str, tuple[dict[str, Any], ...]] = {
    "squared": ({"weight": 3e-3}, {"weight": 3e-2}),
    "absolute": ({"weight": 0.1}, {"weight": 0.01}),
}


def list_tries(
    method: str, count: int, problem: Problem
) -> list[dict[str, Any]]:
    """The first settings to try, the defaults before others.

    Args:
        method: Name of a recipe.
        count: How many, at most `MOST_TRIES`.
        problem: Has a learning rate and an error of its own.

    Returns:
        Settings for `run_method`. The first is empty: all defaults.
    """
    if count > MOST_TRIES:
        raise ValueError(
            f"`tries` must be at most {MOST_TRIES}: there are no more settings "
            f"of each method. Received: tries={count}"
        )
    learning_rate, error = problem.budget.learning_rate, problem.task.error
    others = RANKSIM[error] if method == "ranksim" else SETTINGS.get(method, ())
    if others:
        rates, settings = RATES, ({}, {}, *others)
    else:
        rates, settings = RATES_ALONE, ({},) * len(RATES_ALONE)
    made = []
    for factor, setting in zip(rates, settings, strict=True):
        rate = factor * learning_rate
        is_other = factor != 1
        made.append(
            {**({"learning_rate": rate} if is_other else {}), **setting}
        )
    return made[:count]
