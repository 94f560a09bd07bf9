"""Where the lines of runs are kept."""

import contextlib
from collections.abc import Iterable
from contextlib import AbstractContextManager

from keras_groupdir.experiments.method import Line


class Store:
    """Lines of runs, in memory.

    Subclasses keep them elsewhere, where other processes may add some.

    Args:
        lines: Of runs that have been made.
    """

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self._lines = list(lines)

    def lines(self) -> list[Line]:
        """All lines that there are now."""
        return self._lines

    def keep(self, line: Line) -> None:
        """Adds the line of a new run."""
        self._lines.append(line)

    def claim(self, method: str, run: str) -> AbstractContextManager[object]:
        """Held while a run is looked up and made, so that nobody else does.

        Args:
            method: Name of the recipe.
            run: What tells its runs apart.
        """
        return contextlib.nullcontext()
