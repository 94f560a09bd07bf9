"""Rows of a matrix of pairs that are kept, or made again when needed."""

from collections.abc import Callable

from keras import ops

from keras_groupdir._backend.map_rows import map_rows
from keras_groupdir._contrast.row_plan import RowPlan
from keras_groupdir.types import Tensor


class PairRows:
    """The matrix of all pairs, of which only some rows need to exist.

    Args:
        compute: From anchors, given by `arguments`, to their rows of the
            matrix.
        arguments: Tensors with a row per anchor.
        plan: Which rows are kept.
    """

    def __init__(
        self,
        compute: Callable[..., Tensor],
        arguments: tuple[Tensor, ...],
        plan: RowPlan,
    ) -> None:
        self._compute = compute
        self._arguments = arguments
        self._plan = plan
        self._kept = None
        if plan.num_kept is None:
            self._kept = compute(*arguments)
        elif not isinstance(plan.num_kept, int):
            self._kept = compute(*(x[: plan.num_kept] for x in arguments))

    def map(self, function: Callable[..., Tensor], *more: Tensor) -> Tensor:
        """Applies a function to all rows of the matrix.

        Args:
            function: From rows of the matrix, and the same rows of `more`, to
                as many rows `(height, k)`.
            *more: Tensors with a row per anchor.

        Returns:
            Shape `(anchors, k)`. Not to be differentiated through.
        """
        if self._plan.num_kept is None:
            return function(self._kept, *more)
        width = len(self._arguments)

        def of_tile(*rows: Tensor) -> Tensor:
            return function(self._compute(*rows[:width]), *rows[width:])

        rows = (*self._arguments, *more)
        if self._kept is None:
            return map_rows(of_tile, rows, self._plan.height)
        end = self._plan.num_kept
        first = function(self._kept, *(x[:end] for x in more))
        rest = map_rows(
            of_tile, tuple(x[end:] for x in rows), self._plan.height
        )
        return ops.concatenate([first, rest], axis=0)
