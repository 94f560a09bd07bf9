"""How far a training is: a bar in a terminal, a line an epoch in a log."""

import sys
import time
from typing import Any

import keras

WIDTH = 24


class EpochLines(keras.callbacks.Callback):
    """Says the validation error after each epoch.

    Args:
        name: Of what is trained.
        monitor: Which of the logs is said.
        unit: Its unit. Defaults to none.
        is_terminal: Whether lines may be written over. Defaults to what
            standard output is.
    """

    def __init__(
        self,
        name: str,
        monitor: str,
        unit: str = "",
        is_terminal: bool | None = None,
    ) -> None:
        super().__init__()
        self._name, self._monitor, self._unit = name, monitor, unit
        if is_terminal is None:
            is_terminal = sys.stdout.isatty()
        self._is_terminal = is_terminal
        self._started = 0.0
        self._last = ""

    def on_train_begin(self, logs: Any = None) -> None:
        """Starts the clock."""
        self._started = time.perf_counter()
        self._say(f"{self._name}: the first epoch compiles ...")

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Says it."""
        done, epochs = epoch + 1, self.params["epochs"]
        filled = WIDTH * done // epochs
        bar = f" [{'=' * filled}{'.' * (WIDTH - filled)}]"
        error = (logs or {}).get(self._monitor, float("nan"))
        self._say(
            f"{self._name}:{bar * self._is_terminal} epoch {done} of {epochs}, "
            f"validation error {error:.4g} {self._unit}".rstrip()
            + f", {time.perf_counter() - self._started:.0f} s"
        )

    def on_train_end(self, logs: Any = None) -> None:
        """Leaves the last line as it is."""
        if self._is_terminal:
            print(flush=True)

    def _say(self, line: str) -> None:
        if not self._is_terminal:
            print(line, flush=True)
            return
        # Over the line before, whose end must not stay.
        rest = " " * (len(self._last) - len(line))
        print(f"\r{line}{rest}", end="", flush=True)
        self._last = line
