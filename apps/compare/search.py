"""The same number of tries of its settings for every method."""

import itertools
import random
from typing import Any

# What is searched for every method, around the problem's own rate.
RATE_FACTORS = (0.5, 1.0, 2.0)
# What each method's own settings are searched among: the published value, which
# is the recipe's default, comes first. Methods that are not here have none.
_LDS_FDS = {"sigma": (2.0, 1.0, 4.0)}
_DER = {"evidence_weight": (0.01, 0.1, 1.0)}
_NOISE = {"noise": (0.1, 0.2, 0.05)}
_RESAMPLED = {"threshold": (0.5, 0.7, 0.9)}
_GROUPS = {
    "num_groups": (10, 20),
    "beta": (1.0, 0.5),
    "prediction_weight": (0.0, 10.0),
}
_HARD_GROUPS = {
    "num_groups": (10, 20),
    "contrastive_weight": (1.0, 0.3),
    "prediction_weight": (0.0, 10.0),
}
SPACES: dict[str, dict[str, tuple[Any, ...]]] = {
    "smoter": _RESAMPLED,
    "smogn": _RESAMPLED,
    "smogn_lds": _RESAMPLED,
    "focal_r": {"beta": (20.0, 5.0, 80.0)},
    "focal_r_lds": {"beta": (20.0, 5.0, 80.0)},
    "lds_fds": _LDS_FDS,
    "bmc": _NOISE,
    "gai": _NOISE,
    "bni": _NOISE,
    "der": _DER,
    "lds_fds_der": _DER | _LDS_FDS,
    "con_r": {"weight": (0.04, 0.004, 0.2), "temperature": (0.07, 0.2)},
    "ordinal_entropy": {"weight": (1e-3, 1e-2, 1e-1)},
    "rank_n_contrast": {"temperature": (2.0, 1.0, 4.0)},
    "dense_weight": {"alpha": (1.0, 0.5)},
    **dict.fromkeys(("group_ce", "group_la"), _HARD_GROUPS),
    **dict.fromkeys(("group_ce_hard", "group_la_hard"), _HARD_GROUPS),
    **dict.fromkeys(
        ("groupdir_hard", "groupdir_soft", "groupdir", "groupdir_lds"), _GROUPS
    ),
    "groupdir_balanced": {**_GROUPS, "tau": (0.5, 0.25, 1.0)},
}
# RankSim's published weight depends on the error that it stands beside.
RANKSIM = {
    "squared": {"weight": (3e-4, 3e-3, 3e-2)},
    "absolute": {"weight": (1.0, 0.1, 0.01)},
}


def tries(
    method: str, count: int, learning_rate: float, error: str
) -> list[dict[str, Any]]:
    """The settings to try, the published ones first.

    The others are drawn from all combinations of a learning rate and the
    method's own settings, by its name, so that they are the same every time.

    Args:
        method: Name of a recipe.
        count: How many; fewer where there are no more.
        learning_rate: The problem's own.
        error: The task's.

    Returns:
        Settings for `run`. The first is empty: all as published.
    """
    space = RANKSIM[error] if method == "ranksim" else SPACES.get(method, {})
    names = ["learning_rate", *space]
    rates = [factor * learning_rate for factor in RATE_FACTORS]
    published = (learning_rate, *(values[0] for values in space.values()))
    others = [
        combination
        for combination in itertools.product(rates, *space.values())
        if combination != published
    ]
    drawn = random.Random(method).sample(others, min(count - 1, len(others)))
    return [{}, *(dict(zip(names, values, strict=True)) for values in drawn)]
