"""How much of the matrix of all pairs exists at a time."""

from dataclasses import dataclass
from typing import Any

from keras import ops

# Pairs of samples whose similarities may be kept for the gradient, 64 MiB, and
# those of one tile, 4 MiB: about where keeping stops being the faster way.
_KEPT_PAIRS = 2**24
_TILE_PAIRS = 2**20


@dataclass(frozen=True)
class RowPlan:
    """Which rows are kept from the value to the gradient, and the rest's tiles.

    Attributes:
        num_kept: The first so many rows are kept; None for all of them. On
            TensorFlow a tensor where the size of a batch is not known yet.
        height: How many of the other rows exist at a time, computed again for
            the gradient; likewise a tensor then. Not used if all are kept.
    """

    num_kept: Any
    height: Any = 1


def row_plan(size: Any, all_size: Any, tile_rows: int | str | None) -> RowPlan:
    """All rows or none of them are kept, by the size of the batch.

    Args:
        size: Rows: samples of this replica, an int or a tensor.
        all_size: Columns: samples of all replicas, likewise.
        tile_rows: None to keep all rows, a whole number for tiles of that
            height, or `"auto"`.
    """
    if tile_rows is None:
        return RowPlan(num_kept=None)
    if isinstance(size, int) and isinstance(all_size, int):
        if tile_rows != "auto":
            return RowPlan(0, max(1, min(int(tile_rows), size)))
        if size * all_size <= _KEPT_PAIRS:
            return RowPlan(num_kept=None)
        return RowPlan(0, max(1, min(_TILE_PAIRS // all_size, size)))
    if tile_rows != "auto":
        # No more rows than there are, and one where a replica has none.
        return RowPlan(0, ops.maximum(ops.minimum(tile_rows, size), 1))
    is_small = ops.cast(size, "float32") * ops.cast(all_size, "float32") <= (
        _KEPT_PAIRS
    )
    tile = ops.minimum(_TILE_PAIRS // ops.maximum(all_size, 1), size)
    # Where all rows are kept, one tile of a single row is left to be mapped.
    return RowPlan(
        ops.where(is_small, size, 0),
        ops.where(is_small, 1, ops.maximum(tile, 1)),
    )
