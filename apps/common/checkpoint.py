"""Training that a kill cannot spoil."""

import json
import math
import shutil
import tempfile
from pathlib import Path
from typing import Any

import keras
from keras import ops

from apps.common.results import whole_file
from apps.common.results import write_json

SUFFIX = ".weights.h5"


class Checkpoint(keras.callbacks.Callback):
    """Keeps the last and the best epoch in a folder, each file whole.

    After every epoch weights and optimizer state are written, then the small
    file `progress.json`, with the state of random layers, that names them:
    whoever is killed in between finds the files of the epoch before. The best
    epoch is that with the least `monitor`. An epoch whose loss is not finite
    is not written.

    Args:
        folder: Where to write; made if it is not there.
        monitor: Validation error, less is better.
        writes: Whether this process writes at all. Defaults to `True`.
    """

    def __init__(
        self, folder: str | Path, monitor: str, writes: bool = True
    ) -> None:
        super().__init__()
        self.folder = Path(folder)
        self._monitor = monitor
        self._writes = writes
        path = self.folder / "progress.json"
        self._progress: dict[str, Any] = {
            "epochs": 0,
            "best_epoch": None,
            "best_error": None,
            "history": {},
            "random_states": [],
        }
        if path.exists():
            self._progress = json.loads(path.read_text(encoding="utf-8"))

    @property
    def epochs(self) -> int:
        """Epochs that are done."""
        return int(self._progress["epochs"])

    @property
    def best_epoch(self) -> int | None:
        """The epoch with the least error, from 1; None before there is one."""
        best: int | None = self._progress["best_epoch"]
        return best

    @property
    def best_error(self) -> float | None:
        """Its error."""
        error: float | None = self._progress["best_error"]
        return error

    @property
    def history(self) -> dict[str, list[float | None]]:
        """What Keras logged, a number per epoch, None if not finite."""
        return dict(self._progress["history"])

    def restore_last(self, model: keras.Model) -> None:
        """Gives a compiled model the state of the last epoch, if any."""
        if self.epochs:
            model.optimizer.build(model.trainable_variables)
            model.load_weights(self.folder / f"last-{self.epochs}{SUFFIX}")
            states = self._progress["random_states"]
            for variable, state in zip(
                _random_states(model), states, strict=True
            ):
                variable.assign(state)

    def restore_best(self, model: keras.Model) -> None:
        """Gives a model the weights of the best epoch."""
        model.load_weights(self.folder / f"best-{self.best_epoch}{SUFFIX}")

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Writes the epoch."""
        if logs and "loss" in logs and _finite(logs["loss"]) is None:
            return
        history = {
            name: [*self.history.get(name, []), _finite(value)]
            for name, value in (logs or {}).items()
        }
        progress = {
            **self._progress,
            "epochs": epoch + 1,
            "history": history,
            "random_states": [
                ops.convert_to_numpy(variable).tolist()
                for variable in _random_states(self.model)
            ],
        }
        error, best = history[self._monitor][-1], self.best_error
        is_best = error is not None and (best is None or error < best)
        if is_best:
            progress |= {"best_epoch": epoch + 1, "best_error": error}
        self._progress = progress
        if self._writes:
            self._write(is_best)
        else:
            # Reading weights that lie on the devices of several processes is
            # something they do together.
            with tempfile.TemporaryDirectory() as folder:
                self.model.save_weights(f"{folder}/none{SUFFIX}")

    def _write(self, is_best: bool) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        last = self.folder / f"last-{self.epochs}{SUFFIX}"
        best = self.folder / f"best-{self.best_epoch}{SUFFIX}"
        with whole_file(last) as temporary:
            self.model.save_weights(temporary)
        if is_best:
            with whole_file(best) as temporary:
                shutil.copyfile(last, temporary)
        write_json(self.folder / "progress.json", self._progress)
        for path in self.folder.glob(f"*{SUFFIX}"):
            if path not in (last, best):
                path.unlink()


def _random_states(model: keras.Model) -> list[Any]:
    """State of dropout and the like, which files of weights leave out."""
    return [
        variable
        for variable in model.variables
        if variable.path.endswith("seed_generator_state")
    ]


def _finite(value: Any) -> float | None:
    """JSON has no NaN."""
    value = float(value)
    return value if math.isfinite(value) else None
