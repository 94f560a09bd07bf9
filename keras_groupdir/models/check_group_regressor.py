"""What corrections of the routing are for."""

from typing import Any

from keras_groupdir.models.group_regressor import GroupRegressor


def check_group_regressor(model: Any) -> None:
    """Refuses a model whose prediction no groups are routed to."""
    if not isinstance(model, GroupRegressor):
        raise ValueError(
            "`model` must be a GroupRegressor. "
            f"Received: {type(model).__name__}"
        )
