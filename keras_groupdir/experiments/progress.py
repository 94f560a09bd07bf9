"""How far a comparison has come."""

import time
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from keras_groupdir.experiments.method import validation_error


class Progress:
    """Says what has been done, and how long the rest may take.

    Args:
        total: Runs in all.
        say: Is handed a line of text after each run.
    """

    def __init__(self, total: int, say: Callable[[str], Any]) -> None:
        self.total = total
        self.count, self.runs, self._say = 0, 0, say
        self.started = time.perf_counter()

    def skip(self) -> None:
        """Counts what was there already."""
        self.count += 1

    def done(self, line: Mapping[str, Any]) -> None:
        """Counts a finished run and says what it was."""
        self.count, self.runs = self.count + 1, self.runs + 1
        each = (time.perf_counter() - self.started) / self.runs
        left = each * (self.total - self.count) / 60
        result = "diverged"
        if not line["diverged"]:
            result = f"validation {validation_error(line):.4g}"
        if "error" in line:
            result = f"cannot run here: {line['error']}"
        self._say(
            f"[{self.count}/{self.total}] {line['method']} {line['kind']} "
            f"seed {line['seed']} {line['settings'] or 'defaults'}: "
            f"{result}, {line['seconds']:.0f} s; about {left:.0f} min left"
        )
