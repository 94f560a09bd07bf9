"""From one column per group to one per distance from the anchor's group."""

from collections.abc import Callable

from keras import ops

from keras_groupdir.types import Tensor


def fold(
    per_group: Tensor,
    group_ids: Tensor,
    nothing: float,
    combine: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    """Combines the two groups that are equally far from the anchor's.

    Args:
        per_group: One column per group. Shape `(anchors, groups)`.
        group_ids: Group of each anchor. Shape `(anchors,)`.
        nothing: What a group beyond the ends counts as.
        combine: Of the group below and the group above.

    Returns:
        `combine(per_group[i, g_i - d], per_group[i, g_i + d])` at column `d`,
        with the group itself once, at `d = 0`. Shape `(anchors, groups)`.
    """
    num_groups = per_group.shape[-1]
    distance = ops.arange(num_groups, dtype="int32")[None, :]
    below = group_ids[:, None] - distance
    above = group_ids[:, None] + distance
    low_side = ops.take_along_axis(per_group, ops.maximum(below, 0), axis=-1)
    high_side = ops.take_along_axis(
        per_group, ops.minimum(above, num_groups - 1), axis=-1
    )
    has_high = ops.logical_and(distance > 0, above < num_groups)
    return combine(
        ops.where(below >= 0, low_side, nothing),
        ops.where(has_high, high_side, nothing),
    )


def unfold(per_distance: Tensor, group_ids: Tensor) -> Tensor:
    """Looks up `per_distance[i, |g_i - g|]` for every group `g`.

    Args:
        per_distance: One column per distance. Shape `(anchors, groups)`.
        group_ids: Group of each anchor. Shape `(anchors,)`.

    Returns:
        One column per group. Shape `(anchors, groups)`.
    """
    groups = ops.arange(per_distance.shape[-1], dtype="int32")[None, :]
    distance = ops.abs(group_ids[:, None] - groups)
    return ops.take_along_axis(per_distance, distance, axis=-1)
