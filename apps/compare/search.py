"""The same number of tries of its settings for every method."""

from typing import Any

# Learning rates, as multiples of the problem's own: of the published settings,
# once more of them, and of two others. Methods without settings of their own
# have the same number of tries, of the learning rate alone.
RATES = (1.0, 2.0, 1.0, 2.0)
RATES_ALONE = (1.0, 2.0, 0.5, 1.5)

_RESAMPLED: tuple[dict[str, Any], ...] = (
    {"threshold": 0.7},
    {"threshold": 0.9},
)
_FOCAL = ({"beta": 5.0}, {"beta": 80.0})
_SIGMA = ({"sigma": 1.0}, {"sigma": 4.0})
_EVIDENCE = ({"evidence_weight": 0.1}, {"evidence_weight": 1.0})
_NOISE = ({"noise": 0.2}, {"noise": 0.05})
_MIXED = (
    {"num_groups": 20, "beta": 0.5, "prediction_weight": 10.0},
    {"num_groups": 10, "prediction_weight": 10.0},
)
_ONE_HOT = (
    {"num_groups": 20, "prediction_weight": 10.0},
    {"num_groups": 10, "prediction_weight": 10.0},
)
_HARD = ({"num_groups": 5}, {"num_groups": 20})
# What else is tried than the published settings, which are the defaults of the
# recipes.
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
    "group_ce_hard": _HARD,
    "group_ce": _ONE_HOT,
    "group_la_hard": _HARD,
    "group_la": _ONE_HOT,
    "groupdir_hard": ({"num_groups": 5}, {"num_groups": 20, "beta": 0.5}),
    "groupdir_soft": _MIXED,
    "groupdir": _MIXED,
    "groupdir_balanced": (
        {**_MIXED[0], "tau": 0.5},
        {**_MIXED[1], "tau": 0.25},
    ),
    "groupdir_lds": _MIXED,
}
# RankSim's published weight depends on the error that it stands beside.
RANKSIM: dict[str, tuple[dict[str, Any], ...]] = {
    "squared": ({"weight": 3e-3}, {"weight": 3e-2}),
    "absolute": ({"weight": 0.1}, {"weight": 0.01}),
}


def tries(
    method: str, count: int, learning_rate: float, error: str
) -> list[dict[str, Any]]:
    """The first settings to try, the published ones before others.

    Args:
        method: Name of a recipe.
        count: How many, at most as many as there are `RATES`.
        learning_rate: The problem's own.
        error: The task's.

    Returns:
        Settings for `run`. The first is empty: all as published.

    Examples:

    >>> tries("focal_r", 3, 1e-3, "squared")
    [{}, {'learning_rate': 0.002}, {'beta': 5.0}]
    """
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
